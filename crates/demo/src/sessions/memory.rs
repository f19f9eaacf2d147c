//! Carts in the process's own memory: fast, simple, and gone when the process is.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Cart, SessionId, Sku};

/// Carts kept at a time. One more makes the least recently used one go.
pub const MAX_SESSIONS: usize = 1024;

/// See the module. Only a session with something in its cart takes a place.
#[derive(Debug, Default)]
pub struct MemorySessions(Mutex<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    carts: HashMap<SessionId, Place>,
    /// Counts uses; the place with the smallest is the least recently used.
    uses: u64,
}

#[derive(Debug, Default)]
struct Place {
    cart: Cart,
    last_use: u64,
}

impl MemorySessions {
    pub(super) fn cart(&self, id: SessionId) -> Cart {
        self.shelf().touch(id).map(|place| place.cart.clone()).unwrap_or_default()
    }

    pub(super) fn add(&self, id: SessionId, sku: Sku) -> Cart {
        let mut shelf = self.shelf();
        shelf.make_room_for(id);
        let place = shelf.carts.entry(id).or_default();
        place.cart.add(sku);
        let cart = place.cart.clone();
        shelf.touch(id);
        cart
    }

    pub(super) fn remove(&self, id: SessionId, sku: Sku) -> (Cart, u32) {
        let mut shelf = self.shelf();
        let Some(place) = shelf.touch(id) else { return (Cart::default(), 0) };
        let removed = place.cart.remove(sku);
        let cart = place.cart.clone();
        if cart.is_empty() {
            shelf.carts.remove(&id);
        }
        (cart, removed)
    }

    pub(super) fn forget(&self, id: SessionId) {
        self.shelf().carts.remove(&id);
    }

    pub(super) fn len(&self) -> usize {
        self.shelf().carts.len()
    }

    /// Nothing that holds the lock can panic half-way, so a poisoned shelf is still in order.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn touch(&mut self, id: SessionId) -> Option<&mut Place> {
        self.uses += 1;
        let place = self.carts.get_mut(&id)?;
        place.last_use = self.uses;
        Some(place)
    }

    fn make_room_for(&mut self, id: SessionId) {
        if self.carts.len() < MAX_SESSIONS || self.carts.contains_key(&id) {
            return;
        }
        let oldest = self.carts.iter().min_by_key(|(_, place)| place.last_use).map(|(&id, _)| id);
        if let Some(oldest) = oldest {
            self.carts.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_stays_bounded_and_the_busy_visitor_keeps_his_cart() {
        let sessions = MemorySessions::default();
        let (apple, busy) = (Sku::find("apple").unwrap(), SessionId::random().unwrap());
        sessions.add(busy, apple);
        for _ in 0..MAX_SESSIONS * 2 {
            sessions.add(SessionId::random().unwrap(), apple);
            assert_eq!(sessions.cart(busy).items(), 1);
        }
        assert_eq!(sessions.len(), MAX_SESSIONS);
    }

    #[test]
    fn looking_takes_no_place_and_an_emptied_cart_gives_its_place_back() {
        let sessions = MemorySessions::default();
        let (apple, id) = (Sku::find("apple").unwrap(), SessionId::random().unwrap());
        assert!(sessions.cart(id).is_empty());
        assert_eq!(sessions.len(), 0);
        sessions.add(id, apple);
        sessions.add(id, apple);
        assert_eq!(sessions.remove(id, apple), (Cart::default(), 2));
        assert_eq!(sessions.len(), 0);
        assert_eq!(sessions.remove(id, apple), (Cart::default(), 0));
    }
}
