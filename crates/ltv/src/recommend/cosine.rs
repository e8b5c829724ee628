use super::ranking::{Affinity, Scored, items, top};
use crate::goods::{Line, Log};

/// Which neighbours of an item are kept (Sarwar et al. 2001: the k most similar items).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbourhood {
    /// The most similar items kept of each; the rest is noise and memory.
    pub keep: usize,
    /// Customers who must have bought both, or the similarity is chance.
    pub support: u32,
}

impl Default for Neighbourhood {
    /// 50 neighbours, 3 common customers: convention of this crate, chosen on Online Retail.
    fn default() -> Self {
        Self { keep: 50, support: 3 }
    }
}

/// "New to you" by item-item cosine.
///
/// sim(i, j) = c_ij/√(c_i·c_j), c_i = customers of i, c_ij = customers of both; 0 to 1. Every item keeps its most
/// similar ones, and its score is the sum of its similarities to those of them that the customer has. Kept by the item that
/// is scored and not by the one that is owned: best sellers are everybody's neighbour, and so would crowd out the rest (on
/// Online Retail, recall at 10 of new items is 0.052 so and 0.044 the other way). Source: Sarwar et al. 2001, WWW 10, section
/// 3; on 0/1 data Deshpande and Karypis 2004, ACM TOIS 22(1).
#[derive(Clone, Debug, PartialEq)]
pub struct Cosine {
    neighbours: Vec<Vec<Scored>>,
    /// By owned item: whom it speaks for, and how strongly.
    speaks_for: Vec<Vec<Scored>>,
}

impl Cosine {
    /// Counts common customers c_ij and keeps each item's neighbours. Time: the sum over customers of their items squared; memory:
    /// items × neighbours kept.
    pub fn fit(log: &Log, neighbourhood: Neighbourhood) -> Self {
        let owners = owners(log);
        let mut common = vec![0_u32; log.items()];
        let mut touched = Vec::new();
        let neighbours: Vec<Vec<Scored>> = owners
            .iter()
            .enumerate()
            .map(|(item, customers)| {
                for &customer in customers {
                    for other in items(log.of(customer)).filter(|&other| other as usize != item) {
                        if common[other as usize] == 0 {
                            touched.push(other);
                        }
                        common[other as usize] += 1;
                    }
                }
                let similar = touched.drain(..).filter_map(|other| {
                    let both = std::mem::take(&mut common[other as usize]);
                    let expected = (customers.len() as f64 * owners[other as usize].len() as f64).sqrt();
                    (both >= neighbourhood.support.max(1)).then(|| Scored { item: other, score: f64::from(both) / expected })
                });
                top(similar.collect(), neighbourhood.keep)
            })
            .collect();
        Self { speaks_for: turned(&neighbours), neighbours }
    }

    /// An item's neighbours j with sim(item, j) = c_ij/√(c_i·c_j) in (0, 1\] as score, most similar first; none of an item the log did
    /// not have.
    pub fn neighbours(&self, item: u32) -> &[Scored] {
        self.neighbours.get(item as usize).map_or(&[], Vec::as_slice)
    }
}

fn turned(neighbours: &[Vec<Scored>]) -> Vec<Vec<Scored>> {
    let mut turned = vec![Vec::new(); neighbours.len()];
    for (item, near) in (0..).zip(neighbours) {
        for Scored { item: owned, score } in near {
            turned[*owned as usize].push(Scored { item, score: *score });
        }
    }
    turned
}

fn owners(log: &Log) -> Vec<Vec<u32>> {
    let mut owners = vec![Vec::new(); log.items()];
    for run in log.runs() {
        owners[run[0].item as usize].push(run[0].customer);
    }
    owners
}

impl Affinity for Cosine {
    fn scores(&self, history: &[Line]) -> Vec<Scored> {
        let spoken_for = |item: u32| self.speaks_for.get(item as usize).into_iter().flatten();
        let mut near: Vec<Scored> = items(history).flat_map(spoken_for).copied().collect();
        near.sort_unstable_by(|a, b| a.item.cmp(&b.item).then(b.score.total_cmp(&a.score)));
        near.chunk_by(|a, b| a.item == b.item)
            .map(|same| Scored { item: same[0].item, score: same.iter().map(|one| one.score).sum() })
            .collect()
    }
}
