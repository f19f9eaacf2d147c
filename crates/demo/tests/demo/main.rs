//! The demo from outside: real processes, real sockets, a real Redis, and the page's own tests.

#[cfg(test)]
mod control;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod page;
#[cfg(test)]
mod support;
#[cfg(test)]
mod target;
