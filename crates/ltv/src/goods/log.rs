use std::ops::Range;

/// One item in one customer's hands on one day. Numbers are places 0, 1, 2, …, so that tables can be plain lists; convention of this
/// crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The customer, numbered from 0, below the log's number of customers.
    pub customer: u32,
    /// The item (SKU), numbered from 0, below the log's number of items.
    pub item: u32,
    /// The day, counting up by one from any fixed day.
    pub day: i32,
    /// n ≥ 1, how many packs.
    pub packs: u32,
}

/// A line that cannot stand in a log. Positions count from 0 in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The customer's number is not below the stated number of customers.
    #[error("line {position}: no such customer")]
    Customer {
        /// Where the line stands in the list given, from 0.
        position: usize,
    },
    /// The item's number is not below the stated number of items.
    #[error("line {position}: no such item")]
    Item {
        /// Where the line stands in the list given, from 0.
        position: usize,
    },
    /// packs = 0: nothing was bought.
    #[error("line {position}: no packs")]
    NoPacks {
        /// Where the line stands in the list given, from 0.
        position: usize,
    },
}

/// A purchase log: lines sorted by customer, item and day, a day's lines of one item added up into one (packs summed). Convention of
/// this crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    lines: Vec<Line>,
    starts: Vec<usize>,
    items: usize,
}

impl Default for Log {
    /// Nobody, nothing.
    fn default() -> Self {
        Self { lines: Vec::new(), starts: vec![0], items: 0 }
    }
}

impl Log {
    /// A log of so many customers and items from lines in any order; numbers without a line are customers and items nobody has seen
    /// yet. Time O(n log n) for n lines.
    ///
    /// # Errors
    /// The first line that is none: [`LogError::Customer`], [`LogError::Item`], [`LogError::NoPacks`].
    pub fn new(mut lines: Vec<Line>, customers: usize, items: usize) -> Result<Self, LogError> {
        for (position, line) in lines.iter().enumerate() {
            if line.customer as usize >= customers {
                return Err(LogError::Customer { position });
            }
            if line.item as usize >= items {
                return Err(LogError::Item { position });
            }
            if line.packs == 0 {
                return Err(LogError::NoPacks { position });
            }
        }
        lines.sort_unstable();
        lines.dedup_by(|later, kept| {
            let same = (later.customer, later.item, later.day) == (kept.customer, kept.item, kept.day);
            if same {
                kept.packs = kept.packs.saturating_add(later.packs);
            }
            same
        });
        Ok(Self::sorted(lines, customers, items))
    }

    fn sorted(lines: Vec<Line>, customers: usize, items: usize) -> Self {
        let mut starts = vec![0; customers + 1];
        for line in &lines {
            starts[line.customer as usize + 1] += 1;
        }
        for customer in 0..customers {
            starts[customer + 1] += starts[customer];
        }
        Self { lines, starts, items }
    }

    /// All lines, sorted by customer, item, day; at most one for each such triple.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// One customer's lines, by item and day; none for a number the log does not have.
    pub fn of(&self, customer: u32) -> &[Line] {
        let customer = customer as usize;
        match (self.starts.get(customer), self.starts.get(customer + 1)) {
            (Some(&from), Some(&to)) => &self.lines[from..to],
            _ => &[],
        }
    }

    /// Each customer's purchases of one item, as runs of lines by day: never empty, by customer and item.
    pub fn runs(&self) -> impl Iterator<Item = &[Line]> {
        self.lines.chunk_by(|a, b| (a.customer, a.item) == (b.customer, b.item))
    }

    /// The numbers 0 … n − 1 of the customers, bought or not.
    pub fn customers(&self) -> Range<u32> {
        0..u32::try_from(self.starts.len() - 1).unwrap_or(u32::MAX)
    }

    /// How many items there are, bought or not.
    pub fn items(&self) -> usize {
        self.items
    }

    /// The first and the last day with a purchase; nothing of an empty log.
    pub fn days(&self) -> Option<(i32, i32)> {
        let days = || self.lines.iter().map(|line| line.day);
        days().min().zip(days().max())
    }

    /// (lines with day < `day`, lines with day ≥ `day`). Both keep all numbers of customers and items.
    pub fn split(&self, day: i32) -> (Self, Self) {
        let (before, after) = self.lines.iter().partition(|line| line.day < day);
        let customers = self.starts.len() - 1;
        (Self::sorted(before, customers, self.items), Self::sorted(after, customers, self.items))
    }
}
