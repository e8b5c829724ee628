//! What the mathematics refuses, said.

use ltv::experiment::Fault;

use crate::words;
use crate::{Failure, Words};

/// What was asked wrongly is wrong use; what the data do not tell has failed.
pub(super) fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::NotAShare { .. } | Fault::NotPositive { .. } | Fault::ArmsAndSharesDiffer { .. } => Failure::Use(of(fault)),
        _ => Failure::Failed(of(fault)),
    }
}

/// Refuses an argument that is no share.
///
/// # Errors
/// It does not lie between 0 and 1.
pub(super) fn share(argument: &str, value: f64) -> Result<(), Failure> {
    if value > 0.0 && value < 1.0 { Ok(()) } else { Err(wrong(argument, Fault::NotAShare { value })) }
}

/// Refuses an argument that is not above zero.
///
/// # Errors
/// It is not, or is no number.
pub(super) fn positive(argument: &str, value: f64) -> Result<(), Failure> {
    if value > 0.0 && value.is_finite() { Ok(()) } else { Err(wrong(argument, Fault::NotPositive { value })) }
}

fn wrong(argument: &str, fault: Fault) -> Failure {
    let Words { english, japanese } = of(fault);
    Failure::Use(words!("{argument}: {english}", "{argument}: {japanese}"))
}

/// The reason, with the arm it is of.
pub(super) fn of_arm(arm: &str, fault: Fault) -> Words {
    let Words { english, japanese } = of(fault);
    words!("arm {arm}: {english}", "{arm}群: {japanese}")
}

/// The reason in words.
pub(super) fn of(fault: Fault) -> Words {
    match fault {
        Fault::TooFew { n } => {
            words!("customers: {n}; an arm needs two at least", "{n}人しかいません。各群に2人以上が必要です")
        }
        Fault::NotFinite => {
            words!("a value is no number, or too large to compute with", "数値でない値、または計算できないほど大きい値があります")
        }
        Fault::ImpossibleSums => words!(
            "the sum of squares is smaller than sum × sum / n: no numbers have such sums",
            "二乗和が小さすぎます(合計×合計÷人数より小さい値はありえません)"
        ),
        Fault::NoSpread => words!(
            "the outcome is the same for every customer, so nothing can be said about chance",
            "全員の結果が同じため、偶然かどうかを判断できません"
        ),
        Fault::BaselineUnclear => words!(
            "the first arm's mean is not clearly above zero, so a relative difference says nothing; leave out --relative",
            "比較元の平均が0より明らかに大きくないため、比率では比べられません。--relative を外してください"
        ),
        Fault::EmptyDenominator => words!("the denominator of the ratio is zero", "比率の分母が0です"),
        Fault::NotAShare { value } => {
            words!("{value} does not lie between 0 and 1", "{value} は0と1の間の値ではありません")
        }
        Fault::NotPositive { value } => words!("{value} is not above zero", "{value} は0より大きい値ではありません"),
        Fault::SharesDoNotAddUp { sum, wanted } => {
            words!("the shares add up to {sum} instead of {wanted}", "割合の合計が {sum} です({wanted} になるはずです)")
        }
        Fault::ArmsAndSharesDiffer { arms, shares } => words!(
            "the file has {arms} arms, but {shares} shares are given",
            "ファイルには{arms}群ありますが、割合は{shares}個です"
        ),
        Fault::Nothing => words!("there is nothing to compare", "比べるものがありません"),
    }
}
