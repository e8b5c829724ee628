//! Recency, frequency, money: fifths, and the names that Shopify gives to groups of customers.

/// What RFM looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rfm {
    /// Days since the last purchase.
    pub recency: f64,
    /// Purchases.
    pub frequency: f64,
    /// Money of all purchases, less what was given back.
    pub money: f64,
}

/// The groups, named as in Shopify's `CustomerRfmGroup`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Recent, but neither frequent nor large.
    Active,
    /// Not for a while, and never much.
    AlmostLost,
    /// Not for a while, but frequent or large before.
    AtRisk,
    /// Recent, frequent and large.
    Champions,
    /// Not for long, and never much.
    Dormant,
    /// Buys often or much.
    Loyal,
    /// In the middle of everything.
    NeedsAttention,
    /// Bought once, lately.
    New,
    /// Not for long, but frequent or large before.
    PreviouslyLoyal,
    /// Some time ago, little so far.
    Promising,
    /// Has not bought.
    Prospects,
}

/// A customer's scores, 1 (lowest fifth of the shop) to 5, and group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scored {
    /// Recency; 5 is the most recent fifth.
    pub recency: u8,
    /// Frequency.
    pub frequency: u8,
    /// Money.
    pub money: u8,
    /// The group.
    pub group: Group,
}

/// Scores of a shop's buyers. A score is 1 + ⌊5·(share of buyers that stand strictly lower)⌋, so equal customers have equal
/// scores. Groups follow from the recency score and FM = (F+M)/2, as Shopify has it; where its lines between the groups run is
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
