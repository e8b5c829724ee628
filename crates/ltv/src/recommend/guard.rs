use super::ranking::Scored;
use crate::goods::Line;

/// Whether an item can be sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stock {
    /// It can.
    #[default]
    In,
    /// It cannot: recommending it would only annoy.
    Out,
}

/// What the guards know of an item. The rules themselves are conventions of this crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Good {
    /// Whether it can be sold.
    pub stock: Stock,
    /// The product it is a colour or a size of; only one of them is recommended.
    pub group: Option<u32>,
    /// The category whose best sellers stand in when the models are silent.
    pub category: Option<u32>,
    /// Days after a purchase in which nobody needs another (durables); 0 of consumables. Holds for the whole variant group.
    pub rest_days: u32,
}

/// Why an item was not recommended; asked in the order stock, rest, group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be sold.
    OutOfStock,
    /// Another variant of it stands higher in the list.
    SameGroup {
        /// That variant.
        of: u32,
    },
    /// It, or a variant of it, was bought too short a time ago.
    Resting {
        /// last purchase + rest_days, the first day on which it may be recommended again.
        until: i32,
    },
}

/// The rules a ranking passes before anybody sees it.
#[derive(Clone, Copy, Debug)]
pub struct Guards<'a> {
    /// By item number; an item beyond the end is in stock, alone and a consumable.
    pub goods: &'a [Good],
    /// The day of the recommendation.
    pub today: i32,
}

/// What passed, and what did not and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Best first.
    pub offered: Vec<Scored>,
    /// In the order of the ranking, as far as it was read.
    pub refused: Vec<(u32, Refusal)>,
}

impl Guards<'_> {
    /// The item's properties; those of [`Good::default`] beyond the end of the list.
    pub fn good(&self, item: u32) -> Good {
        self.goods.get(item as usize).copied().unwrap_or_default()
    }

    /// The first `k` of a ranking (best first) that pass; `history` is [`Log::of`](crate::goods::Log::of) the customer.
    pub fn choose(&self, ranking: impl IntoIterator<Item = Scored>, history: &[Line], k: usize) -> Choice {
        let mut choice = Choice::default();
        self.extend(&mut choice, ranking, history, k);
        choice
    }

    /// Fills a choice up to `k` from a further ranking; what was offered or refused before is passed over.
    pub fn extend(&self, choice: &mut Choice, ranking: impl IntoIterator<Item = Scored>, history: &[Line], k: usize) {
        for scored in ranking {
            if choice.offered.len() >= k {
                return;
            }
            let known = choice.offered.iter().any(|offered| offered.item == scored.item)
                || choice.refused.iter().any(|(item, _)| *item == scored.item);
            if known {
                continue;
            }
            match self.refuse(scored.item, &choice.offered, history) {
                Some(refusal) => choice.refused.push((scored.item, refusal)),
                None => choice.offered.push(scored),
            }
        }
    }

    fn refuse(&self, item: u32, above: &[Scored], history: &[Line]) -> Option<Refusal> {
        let good = self.good(item);
        if good.stock == Stock::Out {
            return Some(Refusal::OutOfStock);
        }
        if let Some(until) = self.rests_until(item, history) {
            return Some(Refusal::Resting { until });
        }
        let twin = above.iter().find(|offered| self.related(offered.item, item))?;
        Some(Refusal::SameGroup { of: twin.item })
    }

    fn rests_until(&self, item: u32, history: &[Line]) -> Option<i32> {
        let last = history.iter().filter(|line| self.related(line.item, item)).map(|line| line.day).max()?;
        let rest = i32::try_from(self.good(item).rest_days).unwrap_or(i32::MAX);
        let until = last.saturating_add(rest);
        (until > self.today).then_some(until)
    }

    fn related(&self, one: u32, other: u32) -> bool {
        let group = self.good(one).group;
        one == other || group.is_some() && group == self.good(other).group
    }
}
