//! Recency, frequency, money: fifths, and the names that Shopify gives to groups of customers.

/// What RFM looks at (Hughes 1994, Strategic Database Marketing), of one customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rfm {
    /// R: days since the last purchase, the less the better.
    pub recency: f64,
    /// F: number of purchase days; 0 for somebody who has not bought.
    pub frequency: f64,
    /// M: money of all purchases, less what was given back, in the log's currency.
    pub money: f64,
}

/// The groups, named as in Shopify's `CustomerRfmGroup`. R, F, M are scores 1 to 5, x the number of purchases; the first line that
/// holds counts, in the order x = 0, x = 1, then by R. The lines between the groups are a convention of this crate: Shopify does
/// not publish its own as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// R ≥ 4, F + M ≤ 5: recent, but neither frequent nor large.
    Active,
    /// R = 2, F + M ≤ 5: not for a while, and never much.
    AlmostLost,
    /// R = 2, F + M ≥ 6: not for a while, but frequent or large before.
    AtRisk,
    /// R ≥ 4, F + M ≥ 8: recent, frequent and large.
    Champions,
    /// R = 1, F + M ≤ 5: not for long, and never much.
    Dormant,
    /// R = 3, F + M ≥ 8 or R ≥ 4, F + M = 6 or 7: buys often or much.
    Loyal,
    /// R = 3, F + M = 5 to 7: in the middle of everything.
    NeedsAttention,
    /// x = 1, R ≥ 4: bought once, lately.
    New,
    /// R = 1, F + M ≥ 6: not for long, but frequent or large before.
    PreviouslyLoyal,
    /// R = 3 and x = 1 or F + M ≤ 4: some time ago, little so far.
    Promising,
    /// x = 0: has not bought.
    Prospects,
}

/// A customer's scores, 1 (lowest fifth of the shop) to 5, and group; see [`rfm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scored {
    /// Score of recency, 1 + ⌊5·(share of buyers who bought longer ago)⌋; 5 is the most recent fifth.
    pub recency: u8,
    /// Score of frequency, 1 + ⌊5·(share of buyers with fewer purchases)⌋.
    pub frequency: u8,
    /// Score of money, 1 + ⌊5·(share of buyers with less)⌋.
    pub money: u8,
    /// The group that follows from them and from the number of purchases, by the lines at [`Group`].
    pub group: Group,
}

/// Scores of a shop's buyers, one for each in their order. A score is 1 + ⌊5·(share of buyers that stand strictly lower)⌋, fifths as
/// in Hughes (1994) but so that equal customers have equal scores (convention of this crate). Groups follow from the recency score and FM = (F+M)/2, as Shopify has it; where its lines between the groups run is
/// not published as numbers, these are ours.
pub fn rfm(customers: &[Rfm]) -> Vec<Scored> {
    let column = |of: fn(&Rfm) -> f64| {
        let mut sorted: Vec<f64> = customers.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        sorted
    };
    let recencies = column(|customer| -customer.recency);
    let frequencies = column(|customer| customer.frequency);
    let moneys = column(|customer| customer.money);
    let scored = |customer: &Rfm| {
        let (recency, frequency, money) =
            (fifth(&recencies, -customer.recency), fifth(&frequencies, customer.frequency), fifth(&moneys, customer.money));
        Scored { recency, frequency, money, group: group(customer.frequency, recency, frequency + money) }
    };
    customers.iter().map(scored).collect()
}

fn fifth(sorted: &[f64], value: f64) -> u8 {
    let lower = sorted.partition_point(|other| *other < value);
    1 + (5 * lower / sorted.len().max(1)) as u8
}

/// `twice_fm` is F + M, 2 to 10.
fn group(purchases: f64, recency: u8, twice_fm: u8) -> Group {
    match (recency, twice_fm) {
        _ if purchases <= 0.0 => Group::Prospects,
        (4.., _) if purchases == 1.0 => Group::New,
        (3, _) if purchases == 1.0 => Group::Promising,
        (4.., 8..) => Group::Champions,
        (3, 8..) | (4.., 6..) => Group::Loyal,
        (4.., _) => Group::Active,
        (3, 5..) => Group::NeedsAttention,
        (3, _) => Group::Promising,
        (2, 6..) => Group::AtRisk,
        (2, _) => Group::AlmostLost,
        (_, 6..) => Group::PreviouslyLoyal,
        _ => Group::Dormant,
    }
}
