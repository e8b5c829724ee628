//! Customers' entries, and what a window of days holds.

/// One entry of a customer's log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// Day number.
    pub day: i32,
    /// Money; negative when given back.
    pub money: f64,
}

/// A customer's log as days: entries of one day are one, purchases and what was given back kept apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customer {
    /// Days on which something was bought and not all of it given back the same day, in order, with what remained.
    purchases: Vec<Entry>,
    /// What was given back beyond that, as negative money.
    refunds: Vec<Entry>,
}

impl Customer {
    /// Puts entries together by day.
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| entry.day);
        let mut customer = Self::default();
        for day in entries.chunk_by(|left, right| left.day == right.day) {
            let entry = Entry { day: day[0].day, money: day.iter().map(|entry| entry.money).sum() };
            match entry.money {
                money if money > 0.0 => customer.purchases.push(entry),
                money if money < 0.0 => customer.refunds.push(entry),
                _ => {}
            }
        }
        customer
    }

    /// Purchase days in order.
    pub fn purchases(&self) -> &[Entry] {
        &self.purchases
    }

    /// Days on which more was given back than bought.
    pub fn refunds(&self) -> &[Entry] {
        &self.refunds
    }

    /// Money bought for minus money given back.
    pub fn net(&self) -> f64 {
        self.purchases.iter().chain(&self.refunds).map(|entry| entry.money).sum()
    }
}

/// Days `from` to `to`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First day.
    pub from: i32,
    /// Last day.
    pub to: i32,
}

impl Window {
    /// Length in years of 365 days.
    pub fn years(&self) -> f64 {
        f64::from(self.to - self.from + 1) / 365.0
    }

    /// The window of the same length that ends the day before.
    #[must_use]
    pub fn before(&self) -> Self {
        Self { from: self.from - (self.to - self.from + 1), to: self.from - 1 }
    }

    fn of<'a>(&self, entries: &'a [Entry]) -> impl Iterator<Item = &'a Entry> {
        let window = *self;
        entries.iter().filter(move |entry| (window.from..=window.to).contains(&entry.day))
    }
}

/// What makes lifetime value in a window: order value × margin × frequency × lifetime.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// Customers who bought.
    pub buyers: usize,
    /// Purchase days.
    pub orders: usize,
    /// Money bought for.
    pub gross: f64,
    /// Money given back, as a positive number.
    pub refunded: f64,
    /// (gross − refunded)/orders: money per order.
    pub order_value: f64,
    /// Share of money that is margin, 0 to 1, as the caller gave it.
    pub margin: f64,
    /// Orders per buyer and year.
    pub frequency: f64,
    /// Share of the buyers of the window before who bought in this one; `None` if nobody bought before.
    pub retention: Option<f64>,
    /// Years that a customer stays: length of the window/(1 − retention), the mean of a geometric lifetime; `None` without
    /// retention below 1.
    pub lifetime: Option<f64>,
}

impl Factors {
    /// Margin per buyer and year: order value × margin × frequency.
    pub fn value_per_year(&self) -> f64 {
        self.order_value * self.margin * self.frequency
    }

    /// Lifetime value: order value × margin × frequency × lifetime; `None` without a lifetime.
    pub fn lifetime_value(&self) -> Option<f64> {
        self.lifetime.map(|years| self.value_per_year() * years)
    }
}

/// The factors of a window; `None` if nobody bought in it.
pub fn factors(customers: &[Customer], window: Window, margin: f64) -> Option<Factors> {
    let bought = |customer: &&Customer, window: Window| window.of(&customer.purchases).next().is_some();
    let buyers = customers.iter().filter(|customer| bought(customer, window)).count();
    if buyers == 0 {
        return None;
    }
    let orders: usize = customers.iter().map(|customer| window.of(&customer.purchases).count()).sum();
    let money = |of: fn(&Customer) -> &[Entry]| -> f64 {
        customers.iter().flat_map(|customer| window.of(of(customer))).map(|entry| entry.money).sum()
    };
    let (gross, refunded) = (money(Customer::purchases), -money(Customer::refunds));
    let earlier: Vec<&Customer> = customers.iter().filter(|customer| bought(customer, window.before())).collect();
    let again = earlier.iter().filter(|customer| bought(customer, window)).count();
    let retention = (!earlier.is_empty()).then(|| again as f64 / earlier.len() as f64);
    Some(Factors {
        buyers,
        orders,
        gross,
        refunded,
        order_value: (gross - refunded) / orders as f64,
        margin,
        frequency: orders as f64 / buyers as f64 / window.years(),
        retention,
        lifetime: retention.filter(|share| *share < 1.0).map(|share| window.years() / (1.0 - share)),
    })
}
