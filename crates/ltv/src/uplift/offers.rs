//! Several offers, one budget, at most one offer to each.

use super::Fault;
use super::fault::{finite, not_negative};

/// One thing that could be offered to somebody. To offer nothing (cost 0, gain 0) is always possible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    /// Expected gain, yen, before `cost`; finite.
    pub gain: f64,
    /// What it takes from the budget, yen, 0 or more: the message's price, the expected coupon.
    pub cost: f64,
}

/// Who gets what, see [`allot`].
#[derive(Clone, Debug, PartialEq)]
pub struct Allotment {
    /// Per customer, in their order, the place of the offer in the customer's list; `None`: nothing.
    pub chosen: Vec<Option<usize>>,
    /// Σ(gain − cost) of what was chosen, yen.
    pub profit: f64,
    /// Σ cost of what was chosen, yen; at most the budget.
    pub cost: f64,
    /// λ: profit that one more yen of budget would bring, yen per yen; 0 where the budget does not bind.
    pub multiplier: f64,
    /// relaxed optimum − `profit` ≥ 0, yen: no allotment at all is better by more than this.
    pub gap: f64,
}

/// An offer in place of a cheaper one.
struct Upgrade {
    customer: usize,
    offer: usize,
    profit: f64,
    cost: f64,
}

/// Maximises Σ(gain − cost) within `budget` (multiple-choice knapsack). Per customer only the upper convex hull of (cost, profit)
/// from nothing on can be chosen at some price λ of a yen; its edges, taken from all customers by falling slope until the budget is
/// spent, are the Lagrangian optimum with λ the slope of the first edge that does not fit whole (Sinha and Zoltners 1979; the same
/// λ that bisection on Σ cost(λ) = budget finds). What is left of the budget goes to later edges that fit. A part of the first edge
/// left out would have closed the gap to the relaxed problem, whose optimum no allotment exceeds. `customers`: one list of offers
/// each; time O(n log n) for n offers.
///
/// # Errors
/// [`Fault::Negative`] for a budget or a cost, [`Fault::NotFinite`] for a gain or a cost.
pub fn allot(customers: &[Vec<Offer>], budget: f64) -> Result<Allotment, Fault> {
    if budget < f64::INFINITY {
        not_negative(budget)?;
    }
    let mut chosen = vec![None; customers.len()];
    let (mut profit, mut spent) = (0.0, 0.0);
    let mut upgrades = Vec::new();
    for (customer, offers) in customers.iter().enumerate() {
        let (free, edges) = hull(customer, offers)?;
        chosen[customer] = free.map(|(offer, _)| offer);
        profit += free.map_or(0.0, |(_, gain)| gain);
        upgrades.extend(edges);
    }
    upgrades.sort_by(|a, b| slope(b).total_cmp(&slope(a)));
    let mut passed_over = vec![false; customers.len()];
    let mut relaxed = None;
    for upgrade in upgrades {
        if passed_over[upgrade.customer] {
            continue;
        }
        if spent + upgrade.cost > budget {
            relaxed.get_or_insert((slope(&upgrade), profit + slope(&upgrade) * (budget - spent)));
            passed_over[upgrade.customer] = true;
            continue;
        }
        spent += upgrade.cost;
        profit += upgrade.profit;
        chosen[upgrade.customer] = Some(upgrade.offer);
    }
    let (multiplier, bound) = relaxed.unwrap_or((0.0, profit));
    Ok(Allotment { chosen, profit, cost: spent, multiplier, gap: (bound - profit).max(0.0) })
}

fn slope(upgrade: &Upgrade) -> f64 {
    upgrade.profit / upgrade.cost
}

type Free = Option<(usize, f64)>;

/// The best offer that costs nothing, and the hull's rising edges from there.
fn hull(customer: usize, offers: &[Offer]) -> Result<(Free, Vec<Upgrade>), Fault> {
    let mut points: Vec<(f64, f64, usize)> = Vec::with_capacity(offers.len());
    for (place, offer) in offers.iter().enumerate() {
        points.push((not_negative(offer.cost)?, finite(offer.gain)? - offer.cost, place));
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let free = points.first().filter(|(cost, profit, _)| *cost == 0.0 && *profit > 0.0).map(|&(_, gain, place)| (place, gain));
    let mut kept: Vec<(f64, f64, usize)> = vec![(0.0, free.map_or(0.0, |(_, gain)| gain), usize::MAX)];
    for point in points {
        while let [.., before, last] = kept[..]
            && (last.1 - before.1) * (point.0 - before.0) <= (point.1 - before.1) * (last.0 - before.0)
        {
            kept.pop();
        }
        if kept.last().is_some_and(|last| point.1 > last.1 && point.0 > last.0) {
            kept.push(point);
        }
    }
    let edge = |pair: &[(f64, f64, usize)]| Upgrade {
        customer,
        offer: pair[1].2,
        profit: pair[1].1 - pair[0].1,
        cost: pair[1].0 - pair[0].0,
    };
    Ok((free, kept.windows(2).map(edge).collect()))
}
