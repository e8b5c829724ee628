//! Gates and faults of the mathematics in words.

use ltv::purchase::gate::{self, Gate, Severity};
use ltv::purchase::{FitFault, HistoryFault, SpendFault};
use serde::Serialize;

use crate::words;
use crate::words::{Language, Words};

/// A gate in JSON.
#[derive(Debug, Serialize)]
pub struct Failed {
    /// Its name.
    gate: &'static str,
    /// What it forbids.
    forbids: &'static str,
    /// What it means, in the language of the console.
    statement: String,
}

/// Gates that forbid something, and those that only want to be said; `words` says them.
pub fn failed(gates: &[Gate], language: Language, words: impl Fn(&Gate) -> Words) -> (Vec<Failed>, Vec<Failed>) {
    let json = |gate: &Gate| json(gate, words(gate).in_language(language));
    let (cautions, forbidding): (Vec<&Gate>, Vec<&Gate>) = gates.iter().partition(|gate| gate.severity() == Severity::Caution);
    (forbidding.into_iter().map(json).collect(), cautions.into_iter().map(json).collect())
}

fn json(gate: &Gate, statement: &str) -> Failed {
    let forbids = match gate.severity() {
        Severity::Refuse => "model",
        Severity::NoDropout => "p_alive",
        Severity::NoSpend => "value",
        Severity::Caution => "nothing",
    };
    Failed { gate: name(gate), forbids, statement: statement.to_owned() }
}

fn name(gate: &Gate) -> &'static str {
    match gate {
        Gate::TooFewCustomers { .. } => "too_few_customers",
        Gate::TooFewRepeaters { .. } => "too_few_repeaters",
        Gate::WindowTooShort { .. } => "window_too_short",
        Gate::WindowUnderAYear { .. } => "window_under_a_year",
        Gate::DropoutNotIdentifiable { .. } => "dropout_not_identifiable",
        Gate::AtEdge { .. } => "boundary",
        Gate::NotConverged => "not_converged",
        Gate::WorseThanNaive { .. } => "worse_than_naive",
        Gate::SpendTiedToFrequency { .. } => "spend_correlated_with_frequency",
        Gate::InfiniteMeanSpend { .. } => "infinite_mean_spend",
        Gate::OneCustomerDominates { .. } => "one_customer_dominates",
    }
}

/// What a gate means.
pub fn words(gate: &Gate) -> Words {
    let (customers, repeaters) = (gate::CUSTOMERS, gate::REPEATERS);
    match gate {
        Gate::TooFewCustomers { found } => {
            words!("{found} customers; a model needs {customers}", "顧客が{found}人です。モデルには{customers}人以上必要です")
        }
        Gate::TooFewRepeaters { found } => words!(
            "{found} customers bought again; a model needs {repeaters}",
            "リピート購入した顧客が{found}人です。モデルには{repeaters}人以上必要です"
        ),
        Gate::WindowTooShort { weeks } => words!(
            "the longest history is {weeks:.1} weeks; leaving cannot be told from pausing under 26",
            "最長の履歴が{weeks:.1}週です。26週に満たないと離脱と休止を区別できません"
        ),
        Gate::WindowUnderAYear { weeks } => words!(
            "the longest history is {weeks:.1} weeks: not every season has been seen",
            "最長の履歴が{weeks:.1}週で、1年分の季節変動が含まれていません"
        ),
        Gate::DropoutNotIdentifiable { likelihood_ratio } => words!(
            "no evidence that customers leave (likelihood ratio against NBD {likelihood_ratio:.2}, needed 6): P(alive) means nothing",
            "顧客が離脱している証拠がありません(NBDとの尤度比 {likelihood_ratio:.2}、必要な値 6)。生存確率は意味を持ちません"
        ),
        Gate::AtEdge { parameters } => {
            let parameters = parameters.join(", ");
            words!("no finite best value for {parameters}", "{parameters} の最適値が有限ではありません")
        }
        Gate::NotConverged => words!("the search found no maximum", "最尤推定が収束しませんでした"),
        Gate::WorseThanNaive { model, naive } => words!(
            "its mean absolute error, {model:.4}, is not below that of x/T, {naive:.4}",
            "平均絶対誤差 {model:.4} が、単純な x/T の {naive:.4} を下回りません"
        ),
        Gate::SpendTiedToFrequency { correlation } => words!(
            "spend per purchase goes with frequency (correlation {correlation:.2}), which Gamma-Gamma does not allow for",
            "購入単価と購入頻度に相関({correlation:.2})があり、Gamma-Gammaの前提に反します"
        ),
        Gate::InfiniteMeanSpend { q } => {
            words!("q is {q:.2}, not above 1: the mean spend is infinite", "q が{q:.2}で1以下のため、平均単価が無限大になります")
        }
        Gate::OneCustomerDominates { purchases, share } => dominating(*purchases, 100.0 * share),
    }
}

fn dominating(purchases: f64, percent: f64) -> Words {
    words!(
        "one customer holds {purchases} repeat purchases, {percent:.0} % of all, and bends the parameters of everybody: leave a \
         wholesale buyer out",
        "1人の顧客がリピート購入の{percent:.0}%({purchases}回)を占め、全員の推定をゆがめています。卸売などであれば除外してください"
    )
}

/// Why nothing can be fitted.
pub fn of_fit(fault: FitFault) -> Words {
    match fault {
        FitFault::NoCustomers => words!("there are no orders, so there is nothing to fit", "注文がないため、推定できません"),
        FitFault::OneCustomer => words!(
            "there is one customer only: nothing can be learned about customers",
            "顧客が1人しかいないため、推定できません"
        ),
        FitFault::NoRepeatPurchases => {
            words!("nobody bought twice, so there is no rhythm to learn", "2回以上購入した顧客がいないため、推定できません")
        }
        FitFault::NoTime => words!(
            "every history has length 0: nothing has been observed after the first purchases",
            "初回購入後の観察期間がないため、推定できません"
        ),
    }
}

/// Why spend cannot be fitted.
pub fn of_spend(fault: SpendFault) -> Words {
    match fault {
        SpendFault::TooFew => words!(
            "fewer than two customers bought again: spend cannot be fitted",
            "リピート購入した顧客が2人に満たないため、購入単価を推定できません"
        ),
        SpendFault::AllEqual => words!(
            "all customers spend the same per purchase: there is nothing to fit",
            "購入単価が全員同じため、推定の必要がありません"
        ),
    }
}

/// Why three numbers are no history.
pub fn of_history(fault: HistoryFault) -> Words {
    match fault {
        HistoryFault::NotATime => words!("t_x and T must be 0 or more", "t_x と T は0以上でなければなりません"),
        HistoryFault::LastAfterEnd => words!(
            "t_x is larger than T: the last purchase lies behind the end of the observation",
            "t_x が T より大きくなっています(最後の購入が観察期間の終わりより後です)"
        ),
        HistoryFault::TimeWithoutPurchase => {
            words!("x is 0, so t_x must be 0", "x が0なら t_x も0でなければなりません")
        }
        HistoryFault::PurchaseWithoutTime => words!(
            "x is above 0, but t_x is 0: repeat purchases of the same day are one purchase",
            "x が1以上なのに t_x が0です(同じ日の購入は1回と数えます)"
        ),
    }
}
