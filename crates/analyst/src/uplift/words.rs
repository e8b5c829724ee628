//! What the mathematics refuses, said.

use ltv::uplift::{Caution, Fault, Refusal};

use crate::Words;
use crate::words;

/// Why there is no model.
pub(super) fn of(fault: Fault) -> Words {
    match fault {
        Fault::TooFew { seen: 0, .. } => {
            words!("an arm has no customers in one half of the rows", "片方の群の顧客が、行の半分に1人もいません")
        }
        Fault::TooFew { seen, needed } => words!(
            "an arm has {seen} customers in one half; {needed} at least are needed for so many features",
            "片方の群の半分に{seen}人しかいません。この数の特徴量には{needed}人以上が必要です"
        ),
        Fault::NotARate => words!(
            "a logistic base needs outcomes between 0 and 1; take --base linear for money",
            "ロジスティックの学習には0から1の結果が必要です。金額には --base linear を使ってください"
        ),
        Fault::NotFinite => {
            words!("a value is no number, or too large to compute with", "数値でない値、または計算できないほど大きい値があります")
        }
        other => words!("{other}", "計算できません({other})"),
    }
}

/// Why a model may not choose.
pub(super) fn refusal(refusal: Refusal) -> (&'static str, Words) {
    match refusal {
        Refusal::NotBetterThanChance => (
            "not_better_than_chance",
            words!(
                "the interval of the Qini coefficient reaches down to 0: the order may be no better than chance",
                "Qini係数の区間が0以下にかかっています。順位付けは偶然と変わらないかもしれません"
            ),
        ),
        Refusal::OneScore => ("one_score", words!("every customer gets the same score", "全員が同じスコアです")),
        Refusal::TooFewOutcomes { seen } => (
            "too_few_outcomes",
            words!(
                "an arm has only {seen} customers with an outcome in the testing half",
                "検証用の半分で、結果のあった人が{seen}人しかいない群があります"
            ),
        ),
    }
}

/// What should make one careful.
pub(super) fn caution(caution: Caution) -> (&'static str, Words) {
    match caution {
        Caution::FewOutcomes { seen } => (
            "few_outcomes",
            words!(
                "an arm has {seen} customers with an outcome in the testing half; uplift models are volatile below some 2,000",
                "検証用の半分で結果のあった人は、少ない方の群で{seen}人です。2,000人ほどないと、アップリフトの順位は安定しません"
            ),
        ),
    }
}
