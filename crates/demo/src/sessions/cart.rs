//! What can be in a cart. The catalogue is the one table of products: the page gets it from here.

use std::collections::BTreeMap;

use serde::Serialize;

/// Of one product in one cart, at most.
pub const MAX_QUANTITY: u32 = 99;

/// Something to buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Product {
    /// Short name for URLs, store and picture.
    pub sku: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Price in cents.
    pub price_cents: u32,
}

/// Everything that the shop sells.
pub const CATALOGUE: [Product; 6] = [
    Product { sku: "apple", name: "Apple", price_cents: 60 },
    Product { sku: "bread", name: "Bread", price_cents: 320 },
    Product { sku: "cheese", name: "Cheese", price_cents: 540 },
    Product { sku: "coffee", name: "Coffee", price_cents: 790 },
    Product { sku: "flower", name: "Flower", price_cents: 450 },
    Product { sku: "lemon", name: "Lemon", price_cents: 80 },
];

/// A product of the [`CATALOGUE`]: no other text can become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Sku(&'static str);

impl Sku {
    /// The catalogue's own copy of the name, if it has it.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        CATALOGUE.iter().find(|product| product.sku == text).map(|product| Self(product.sku))
    }

    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// Products and how many of each. Bounded by the catalogue and [`MAX_QUANTITY`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cart(BTreeMap<Sku, u32>);

impl Cart {
    /// Lines of product and quantity (never 0), in the order of their names.
    pub fn lines(&self) -> impl Iterator<Item = (Sku, u32)> {
        self.0.iter().map(|(&sku, &quantity)| (sku, quantity))
    }

    /// All items, of whatever product.
    #[must_use]
    pub fn items(&self) -> u32 {
        self.0.values().sum()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a line as the store had it; 0 removes it, and more than [`MAX_QUANTITY`] counts as that.
    pub(crate) fn set(&mut self, sku: Sku, quantity: u32) {
        match quantity.min(MAX_QUANTITY) {
            0 => {
                self.0.remove(&sku);
            }
            quantity => {
                self.0.insert(sku, quantity);
            }
        }
    }

    pub(crate) fn add(&mut self, sku: Sku) {
        let now = self.0.get(&sku).copied().unwrap_or(0);
        self.set(sku, now.saturating_add(1));
    }

    pub(crate) fn remove(&mut self, sku: Sku) -> u32 {
        self.0.remove(&sku).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cart_grows_to_its_limit_and_no_further() {
        let apple = Sku::find("apple").unwrap();
        let mut cart = Cart::default();
        for _ in 0..MAX_QUANTITY + 5 {
            cart.add(apple);
        }
        assert_eq!(cart.items(), MAX_QUANTITY);
        assert_eq!(cart.remove(apple), MAX_QUANTITY);
        assert!(cart.is_empty());
        assert_eq!(cart.remove(apple), 0, "removing what is not there is no error");
    }

    #[test]
    fn only_the_catalogue_can_be_bought() {
        for text in ["", "APPLE", "apple ", "pear", "../apple"] {
            assert_eq!(Sku::find(text), None, "{text:?}");
        }
    }
}
