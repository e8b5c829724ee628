//! How the demo's people behave: a small model with its own dice, so that every demo with the same seed is the same year.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// Acts are put on the hour: every distinct instant is one step of the clock.
const HOUR: i64 = 3_600_000;

/// What a person does at an instant.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Adds the shop.
    Follow,
    /// Writes.
    Say(&'static str),
    /// Sends a sticker.
    Sticker,
    /// Buys; the shop's own system reports it.
    Order {
        /// Yen.
        amount: i64,
        /// What.
        item: &'static str,
    },
    /// Blocks.
    Block,
    /// Comes back.
    Unblock,
}

/// An act with its person and time.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// Simulator's number of the person.
    pub person: u32,
    /// Unix ms.
    pub at: i64,
    /// What.
    pub act: Act,
}

struct Person {
    follows_on: u32,
    blocks_on: Option<u32>,
    returns_on: Option<u32>,
    /// Chance to write on a day.
    talks: f64,
    /// Chance to buy on a day.
    buys: f64,
    basket: i64,
}

/// Everybody.
pub struct Model {
    people: Vec<Person>,
    dice: StdRng,
    start: i64,
}

const WORDS: &[&str] = &[
    "営業時間を教えてください",
    "定休日はいつですか?",
    "予約はできますか?",
    "おすすめはどれですか?",
    "コーヒー豆の賞味期限はどのくらいですか?",
    "クーポンはありますか?",
    "ありがとうございました!",
    "とてもおいしかったです",
    "ギフト包装はできますか?",
    "カフェインレスはありますか?",
    "届くまで何日くらいですか?",
    "住所を変更したいです",
    "駐車場はありますか?",
    "豆の挽き方を選べますか?",
    "また買います😊",
];
const ITEMS: &[(&str, i64)] = &[
    ("深煎りブレンド 200g", 1_480),
    ("浅煎りエチオピア 200g", 1_880),
    ("カフェインレス 200g", 1_680),
    ("ドリップバッグ 10袋", 1_350),
    ("焼き菓子セット", 2_400),
];

impl Model {
    /// People, when they come and go, how they write and buy. More come in the gift seasons.
    pub fn new(seed: u64, people: u32, days: u32, start: i64) -> Self {
        let mut dice = StdRng::seed_from_u64(seed);
        let people = (0..people)
            .map(|_| {
                // Growth over the year: the later half of a square root brings more.
                let share: f64 = dice.random::<f64>().sqrt();
                let follows_on = ((f64::from(days.max(2) - 2)) * share) as u32;
                let blocks = dice.random::<f64>() < 0.12;
                let blocks_on = blocks.then(|| follows_on + 1 + dice.random_range(0..60)).filter(|day| *day < days);
                let returns_on = blocks_on.filter(|_| dice.random::<f64>() < 0.15).map(|day| day + 20 + dice.random_range(0..40));
                let keen: f64 = dice.random::<f64>().powi(3);
                Person {
                    follows_on,
                    blocks_on,
                    returns_on: returns_on.filter(|day| *day < days),
                    talks: 0.001 + 0.03 * keen,
                    buys: 0.002 + 0.025 * keen,
                    basket: 1 + i64::from(dice.random_range(0..3_u8)),
                }
            })
            .collect();
        Self { people, dice, start }
    }

    /// Everything of one day, in order of time.
    pub fn day(&mut self, day: u32) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for (number, person) in (0u32..).zip(&self.people) {
            let here = day > person.follows_on
                && (person.blocks_on.is_none_or(|gone| day < gone) || person.returns_on.is_some_and(|back| day > back));
            let at = |dice: &mut StdRng| self.start + i64::from(day) * DAY + i64::from(dice.random_range(1..14_u8)) * HOUR;
            if day == person.follows_on {
                deeds.push(Deed { person: number, at: at(&mut self.dice), act: Act::Follow });
            }
            if Some(day) == person.blocks_on {
                deeds.push(Deed { person: number, at: at(&mut self.dice), act: Act::Block });
            }
            if Some(day) == person.returns_on {
                deeds.push(Deed { person: number, at: at(&mut self.dice), act: Act::Unblock });
            }
            if here && self.dice.random::<f64>() < person.talks {
                let act = match self.dice.random_range(0..10_u8) {
                    0 => Act::Sticker,
                    _ => Act::Say(WORDS[self.dice.random_range(0..WORDS.len())]),
                };
                deeds.push(Deed { person: number, at: at(&mut self.dice), act });
            }
            if here && self.dice.random::<f64>() < person.buys {
                let (item, price) = ITEMS[self.dice.random_range(0..ITEMS.len())];
                deeds.push(Deed {
                    person: number,
                    at: at(&mut self.dice),
                    act: Act::Order { amount: price * person.basket, item },
                });
            }
        }
        deeds.sort_by_key(|deed| (deed.at, deed.person));
        deeds
    }

    /// Whether staff answer a waiting talk today, and with what.
    pub fn answer(&mut self) -> Option<&'static str> {
        const ANSWERS: &[&str] = &[
            "お問い合わせありがとうございます。確認してすぐにご連絡いたします。",
            "はい、承れます。ご希望をお聞かせください。",
            "ありがとうございます!またのご来店をお待ちしております☕",
            "申し訳ございません、あいにく本日は品切れです。明日入荷いたします。",
        ];
        (self.dice.random::<f64>() < 0.7).then(|| ANSWERS[self.dice.random_range(0..ANSWERS.len())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_is_the_same_year() {
        let year = |seed| {
            let mut model = Model::new(seed, 50, 30, 0);
            (0..30).flat_map(|day| model.day(day)).collect::<Vec<_>>()
        };
        assert_eq!(year(1), year(1));
        assert_ne!(year(1), year(2));
    }

    #[test]
    fn nobody_writes_before_following() {
        let mut model = Model::new(3, 200, 60, 0);
        let mut friends = std::collections::HashSet::new();
        for deed in (0..60).flat_map(|day| model.day(day)) {
            match deed.act {
                Act::Follow => drop(friends.insert(deed.person)),
                _ => assert!(friends.contains(&deed.person)),
            }
        }
    }
}
