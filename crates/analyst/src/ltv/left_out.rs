//! Customers for whom no model holds, named with their lines.

use ltv::purchase::{History, Parameters, outside, outside_of};
use serde::Serialize;

use super::customers::Customers;
use crate::words;
use crate::{Console, Failure, Language, Words};

/// So many are named on the console; the others are counted.
const SHOWN: usize = 20;

/// Who decides.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Limit {
    /// Leave customers with more repeat purchases than this out of the fit. Left out: those are left out who buy more often than
    /// a model of all others can explain (a wholesale buyer, the shop's own account); a very large N leaves nobody out.
    #[arg(long, value_name = "N")]
    leave_out_over: Option<u32>,
}

/// A customer for whom no model holds, in JSON.
#[derive(Debug, Serialize)]
pub struct LeftOut {
    line: u64,
    id: String,
    x: u32,
    #[serde(rename = "T")]
    t: f64,
    statement: String,
}

impl Limit {
    /// Places of the customers whom a fit leaves out, ascending; said on the console.
    ///
    /// # Errors
    /// Nobody would be left.
    pub fn places(self, customers: &Customers, console: &mut Console<'_>) -> Result<Vec<usize>, Failure> {
        let places = match self.leave_out_over {
            Some(most) => over(most, &customers.histories),
            None => outside(&customers.histories),
        };
        self.found(places, customers, console)
    }

    /// The same for parameters that came from elsewhere.
    ///
    /// # Errors
    /// Nobody would be left.
    pub fn places_beside(
        self,
        parameters: &Parameters,
        customers: &Customers,
        console: &mut Console<'_>,
    ) -> Result<Vec<usize>, Failure> {
        let places = match self.leave_out_over {
            Some(most) => over(most, &customers.histories),
            None => outside_of(parameters, &customers.histories),
        };
        self.found(places, customers, console)
    }

    fn found(self, places: Vec<usize>, customers: &Customers, console: &mut Console<'_>) -> Result<Vec<usize>, Failure> {
        if let Some(most) = self.leave_out_over.filter(|_| places.len() == customers.ids.len()) {
            return Err(Failure::Use(words!(
                "--leave-out-over {most}: nobody is left",
                "--leave-out-over {most}: 顧客が1人も残りません"
            )));
        }
        for place in places.iter().take(SHOWN) {
            let (line, Words { english, japanese }) = (customers.lines[*place], self.words(customers, *place));
            console.progress(&words!("line {line}: {english}", "{line}行目: {japanese}"));
        }
        if let Some(more) = places.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            console.progress(&words!("and {more} more", "ほか{more}件"));
        }
        Ok(places)
    }

    /// The mark of such a row.
    pub fn flag(self) -> &'static str {
        if self.leave_out_over.is_some() { "left_out" } else { "outside_model" }
    }

    /// What is said of each in JSON.
    pub fn said(self, places: &[usize], customers: &Customers, language: Language) -> Vec<LeftOut> {
        let one = |place: &usize| LeftOut {
            line: customers.lines[*place],
            id: customers.ids[*place].clone(),
            x: customers.histories[*place].x(),
            t: customers.histories[*place].t(),
            statement: self.words(customers, *place).in_language(language).to_owned(),
        };
        places.iter().map(one).collect()
    }

    fn words(self, customers: &Customers, place: usize) -> Words {
        let (id, history) = (&customers.ids[place], customers.histories[place]);
        let (x, weeks) = (history.x(), history.t());
        if let Some(most) = self.leave_out_over {
            return words!(
                "ID {id} is left out of the fit: repeat purchases {x}, more than --leave-out-over {most}",
                "ID {id} は推定から除外しました(リピート購入{x}回が --leave-out-over {most} を超えています)"
            );
        }
        let Words { english, japanese } = if more_than_days(&history) {
            words!(
                " More than one purchase a day: x counts days, not orders.",
                "1日1回を超えています。x は注文数ではなく購入日数です。"
            )
        } else {
            words!("", "")
        };
        words!(
            "ID {id} has {x} repeat purchases in {weeks:.1} weeks, far more than a model of the other customers allows (a wholesale \
             buyer, the shop's own account?).{english} No model holds for this customer, who is left out of the fit: take the line out of \
             the file and treat it apart, or draw the line yourself with --leave-out-over",
            "ID {id} は{weeks:.1}週でリピート購入{x}回と、ほかの顧客からは説明できない多さです(卸売や自社の注文ではありませんか)。{japanese}\
             モデルは当てはまらないため推定から除外しました。この行を除いて別に扱うか、--leave-out-over で基準を指定してください"
        )
    }
}

fn over(most: u32, histories: &[History]) -> Vec<usize> {
    (0..histories.len()).filter(|at| histories[*at].x() > most).collect()
}

/// Times are weeks, so nobody has more repeat purchase days than seven times T.
fn more_than_days(history: &History) -> bool {
    f64::from(history.x()) > 7.0 * history.t() + 1.0
}
