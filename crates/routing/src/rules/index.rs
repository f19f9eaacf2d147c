//! Which rules a request may meet, found without asking each of them.
//!
//! A rule has at most a handful of conditions, and the first of a kind of all rules go into one *slot*: all hosts, all
//! paths, all first header conditions, all second ones. A slot is looked up once with the request's host, path and so
//! on, and gives the rules whose condition there may hold, together with those that have none there. A rule that is
//! met is among those of every slot, so what all slots have in common holds it; it may hold others, which is why each
//! is asked in the end. So the index can be too careful, but never wrong:
//!
//! ```text
//! rules that are met  ⊆  slot 1 ∩ slot 2 ∩ …  ⊆  all rules
//! ```
//!
//! The work depends on the length of the request's texts and on the number of slots, not on the number of rules.

use std::collections::BTreeMap;

use elbow_model::Method;

use super::condition::Condition;
use super::literals::{self, Literals};
use super::request::{Seen, field_value};
use super::set::Set;
use super::sources::Sources;
use super::{Fields, Rule};

/// So few rules are asked at once, rather than looked up in another slot.
const FEW: usize = 2;

/// The index of the rules of one listener.
#[derive(Debug, Default)]
pub(super) struct Index {
    all: Set,
    slots: Box<[Slot]>,
}

/// All conditions of one kind, at most one of each rule.
#[derive(Debug)]
struct Slot {
    /// Rules without a condition here.
    without: Set,
    lookup: Lookup,
}

/// How the conditions of a slot are found.
#[derive(Debug)]
enum Lookup {
    Host(Literals),
    Path(Literals),
    Method(Box<[(Method, Set)]>),
    Source(Sources),
    Query(Literals),
    /// By name in lower case, in their order.
    Header(Box<[(Box<[u8]>, Literals)]>),
}

/// The kinds of conditions; the cheapest to look up first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Host,
    Path,
    Method,
    Source,
    Query,
    Header,
}

/// The conditions of a slot with the positions of their rules.
type Entries<'a> = Vec<(usize, &'a Condition)>;

impl Index {
    pub(super) fn new(rules: &[Rule]) -> Self {
        let all = Set::below(rules.len());
        let mut slots: BTreeMap<(Kind, usize), Entries<'_>> = BTreeMap::new();
        for (position, rule) in rules.iter().enumerate() {
            for (n, condition) in rule.conditions.iter().enumerate() {
                let kind = Kind::of(condition);
                let before = rule.conditions.iter().take(n).filter(|it| Kind::of(it) == kind).count();
                slots.entry((kind, before)).or_default().push((position, condition));
            }
        }
        let slot = |((kind, _), entries): ((Kind, usize), Entries<'_>)| {
            let mut with = Set::default();
            entries.iter().for_each(|&(position, _)| with.insert(position));
            let mut without = !with;
            without &= &all;
            Slot { without, lookup: Lookup::new(kind, &entries) }
        };
        Self { all, slots: slots.into_iter().map(slot).collect() }
    }

    /// The positions of all rules below [`Set::CAPACITY`] that the request may meet.
    pub(super) fn candidates<F: Fields>(&self, request: &Seen<'_, F>) -> Set {
        let mut left = self.all;
        for slot in &self.slots {
            // Leaving a slot out only leaves more to ask.
            if left.has_at_most(FEW) {
                break;
            }
            let mut found = slot.without;
            slot.lookup.find(request, &mut found);
            left &= &found;
        }
        left
    }
}

impl Kind {
    const fn of(condition: &Condition) -> Self {
        match condition {
            Condition::Host(_) => Self::Host,
            Condition::Path(_) => Self::Path,
            Condition::Method(_) => Self::Method,
            Condition::Source(_) => Self::Source,
            Condition::Query(_) => Self::Query,
            Condition::Header { .. } => Self::Header,
        }
    }
}

impl Lookup {
    fn new(kind: Kind, entries: &Entries<'_>) -> Self {
        match kind {
            Kind::Host => Self::Host(literals(entries, true)),
            Kind::Path => Self::Path(literals(entries, false)),
            Kind::Query => Self::Query(literals(entries, true)),
            Kind::Method => {
                let mut wanted_by: BTreeMap<&str, (Method, Set)> = BTreeMap::new();
                for (position, condition) in entries {
                    let Condition::Method(methods) = condition else { continue };
                    for method in methods {
                        let entry = wanted_by.entry(method.as_str());
                        entry.or_insert_with(|| (method.clone(), Set::default())).1.insert(*position);
                    }
                }
                Self::Method(wanted_by.into_values().collect())
            }
            Kind::Source => Self::Source(Sources::new(entries.iter().flat_map(|(position, condition)| {
                let blocks = if let Condition::Source(blocks) = condition { &blocks[..] } else { &[] };
                blocks.iter().map(|block| (*position, block))
            }))),
            Kind::Header => {
                let mut by_name: BTreeMap<Box<[u8]>, Entries<'_>> = BTreeMap::new();
                for &(position, condition) in entries {
                    if let Condition::Header { name, .. } = condition {
                        let name = name.to_ascii_lowercase().into_bytes().into();
                        by_name.entry(name).or_default().push((position, condition));
                    }
                }
                let named = by_name.into_iter().map(|(name, entries)| (name, literals(&entries, true)));
                Self::Header(named.collect())
            }
        }
    }

    /// Adds the rules whose condition here may hold.
    fn find<F: Fields>(&self, request: &Seen<'_, F>, found: &mut Set) {
        match self {
            Self::Host(literals) => literals.find(&request.host, found),
            Self::Path(literals) => literals.find(&request.path, found),
            Self::Query(literals) => literals.find(&request.query, found),
            Self::Source(sources) => sources.find(request.source, found),
            Self::Method(methods) => {
                let place =
                    methods.binary_search_by(|(method, _)| method.as_str().as_bytes().cmp(request.method));
                if let Some((_, set)) = place.ok().and_then(|place| methods.get(place)) {
                    *found |= set;
                }
            }
            Self::Header(names) => {
                for (name, value) in request.fields.lines() {
                    let lower = name.iter().map(u8::to_ascii_lowercase);
                    let place = names.binary_search_by(|(known, _)| known.iter().copied().cmp(lower.clone()));
                    if let Some((_, literals)) = place.ok().and_then(|place| names.get(place)) {
                        literals.find(&field_value(value), found);
                    }
                }
            }
        }
    }
}

fn literals(entries: &Entries<'_>, ignore_case: bool) -> Literals {
    let mut builder = literals::Builder::new(ignore_case);
    for &(position, condition) in entries {
        match condition {
            Condition::Host(texts) | Condition::Path(texts) | Condition::Header { values: texts, .. } => {
                builder.add_texts(position, texts);
            }
            Condition::Query(pairs) => builder.add_pairs(position, pairs),
            Condition::Method(_) | Condition::Source(_) => {}
        }
    }
    builder.build()
}
