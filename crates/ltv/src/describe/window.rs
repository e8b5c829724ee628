//! Customers' entries, and what a window of days holds.

/// One entry of a customer's log: money that changed hands on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// Day number, counting up by one from any fixed day.
    pub day: i32,
    /// Money in the log's currency; negative when given back.
    pub money: f64,
}

/// A customer's log as days: entries of one day are one (Fader & Hardie, note 026), purchases and what was given back kept apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customer {
    /// Days on which something was bought and not all of it given back the same day, in order, with what remained.
    purchases: Vec<Entry>,
    /// What was given back beyond that, as negative money.
    refunds: Vec<Entry>,
}

impl Customer {
    /// Puts entries, in any order, together by day: a day whose sum is above 0 is a purchase of that sum, one below 0 a refund, one of 0
    /// neither. Convention of this crate.
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

    /// Purchase days in order, at most one entry a day, money above 0.
    pub fn purchases(&self) -> &[Entry] {
        &self.purchases
    }

    /// Days on which more was given back than bought, in order, money below 0.
    pub fn refunds(&self) -> &[Entry] {
        &self.refunds
    }

    /// Σ money of all entries: money bought for minus money given back.
    pub fn net(&self) -> f64 {
        self.purchases.iter().chain(&self.refunds).map(|entry| entry.money).sum()
    }
}

/// Days `from` to `to`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First day, a day number.
    pub from: i32,
    /// Last day, a day number, not before `from`.
    pub to: i32,
}

impl Window {
    /// (to − from + 1)/365: length in years of 365 days.
    pub fn years(&self) -> f64 {
        f64::from(self.to - self.from + 1) / 365.0
    }

    /// \[from − (to − from + 1), from − 1\]: the window of the same length that ends the day before.
    #[must_use]
    pub fn before(&self) -> Self {
        Self { from: self.from - (self.to - self.from + 1), to: self.from - 1 }
    }

    fn of<'a>(&self, entries: &'a [Entry]) -> impl Iterator<Item = &'a Entry> {
        let window = *self;
        entries.iter().filter(move |entry| (window.from..=window.to).contains(&entry.day))
    }
}

/// What makes lifetime value in a window: V = order value × margin × frequency × lifetime, the plain decomposition of the textbooks
/// (Farris, Bendle, Pfeifer & Reibstein 2010, Marketing Metrics), with the definitions of each factor below as conventions of this
/// crate. Money is in the log's currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors {
    /// #(customers with a purchase day in the window).
    pub buyers: usize,
    /// #(purchase days in the window).
    pub orders: usize,
    /// Σ money of the purchase days in the window.
    pub gross: f64,
    /// −Σ money of the refund days in the window, a positive number.
    pub refunded: f64,
    /// (gross − refunded)/orders: money per order.
    pub order_value: f64,
    /// Share of money that is margin, 0 to 1, as the caller gave it.
    pub margin: f64,
    /// orders/(buyers·years): orders per buyer and year.
    pub frequency: f64,
    /// ρ = #(buyers of the window before who bought in this one)/#(buyers of the window before), in \[0, 1\]; `None` if nobody bought
    /// before.
    pub retention: Option<f64>,
    /// years/(1 − ρ), years that a customer stays: the mean of a geometric lifetime with retention ρ per window; `None` unless ρ < 1 is
    /// known.
    pub lifetime: Option<f64>,
}

impl Factors {
    /// order value × margin × frequency: margin per buyer and year, in money.
    pub fn value_per_year(&self) -> f64 {
        self.order_value * self.margin * self.frequency
    }

    /// V = order value × margin × frequency × lifetime, in money per buyer, not discounted; `None` without a lifetime.
    pub fn lifetime_value(&self) -> Option<f64> {
        self.lifetime.map(|years| self.value_per_year() * years)
    }
}

/// The factors of a window, as [`Factors`] defines them; `margin` is a share of money, 0 to 1, taken as it is given. `None` if nobody
/// bought in the window.
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
