//! Which rules a text may be for: those that want a literal which occurs in it.
//!
//! Every text that a pattern describes contains the pattern's longest literal, and every text that an expression
//! matches contains one of the literals that some part of it begins or ends with. One pass over a text finds all
//! literals of all rules that occur in it, however many rules there are. Most patterns are texts with one wildcard at an
//! end, or none; where their literal must stand is known, and to look only there is much cheaper.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use elbow_model::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::{ExtractKind, Extractor, Seq};
use regex_syntax::hir::{Hir, HirKind};

use super::beginnings::Beginnings;
use super::condition::{Pair, Texts};
use super::pattern::Pattern;
use super::set::Set;

/// Literals, and the rules that want one of them.
#[derive(Debug)]
pub(super) struct Literals {
    ignore_case: bool,
    /// What a text has to begin with.
    beginnings: Beginnings,
    /// What a text has to end with, backwards.
    endings: Beginnings,
    /// What may stand anywhere; `None` if there is nothing to search for.
    search: Option<AhoCorasick>,
    /// Who wants each of these, in the order of the search.
    wanted_by: Box<[Set]>,
    /// Rules of which no literal is known.
    always: Set,
}

/// A text in all that a pattern or an expression describes, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) text: Vec<u8>,
    pub(super) place: Place,
}

/// Where a literal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Beginning,
    End,
    Anywhere,
}

/// Literals while they are collected.
#[derive(Default)]
pub(super) struct Builder {
    ignore_case: bool,
    beginnings: BTreeMap<Vec<u8>, Set>,
    /// Backwards.
    endings: BTreeMap<Vec<u8>, Set>,
    anywhere: BTreeMap<Vec<u8>, Set>,
    always: Set,
}

impl Builder {
    pub(super) fn new(ignore_case: bool) -> Self {
        Self { ignore_case, ..Self::default() }
    }

    /// The rule at `position` wants one of these.
    pub(super) fn add_texts(&mut self, position: usize, texts: &Texts) {
        texts.patterns.iter().for_each(|pattern| self.add(position, pattern.literal()));
        texts.regexes.iter().flat_map(literals_of).for_each(|text| self.add_anywhere(position, text));
    }

    /// The rule at `position` wants one of these pairs: a query that has it contains its key and its value.
    pub(super) fn add_pairs(&mut self, position: usize, pairs: &[Pair]) {
        for Pair { key, value } in pairs {
            self.add_anywhere(position, Pattern::literal_of_pair(key.as_ref(), value));
        }
    }

    fn add_anywhere(&mut self, position: usize, text: Vec<u8>) {
        self.add(position, Literal { text, place: Place::Anywhere });
    }

    fn add(&mut self, position: usize, Literal { mut text, place }: Literal) {
        if text.is_empty() {
            return self.always.insert(position);
        }
        if self.ignore_case {
            text.make_ascii_lowercase();
        }
        let there = match place {
            Place::Beginning => &mut self.beginnings,
            Place::End => {
                text.reverse();
                &mut self.endings
            }
            Place::Anywhere => &mut self.anywhere,
        };
        there.entry(text).or_default().insert(position);
    }

    pub(super) fn build(self) -> Literals {
        let mut always = self.always;
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(self.ignore_case)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(self.anywhere.keys())
            .ok();
        if search.is_none() {
            // More than the search can hold: every rule is asked.
            self.anywhere.values().for_each(|set| always |= set);
        }
        Literals {
            ignore_case: self.ignore_case,
            beginnings: Beginnings::new(self.beginnings),
            endings: Beginnings::new(self.endings),
            search: search.filter(|_| !self.anywhere.is_empty()),
            wanted_by: self.anywhere.into_values().collect(),
            always,
        }
    }
}

impl Literals {
    /// Adds the rules that want a literal which occurs in `text`, and those that may match any text.
    pub(super) fn find(&self, text: &[u8], found: &mut Set) {
        *found |= &self.always;
        if self.ignore_case {
            let folded = || text.iter().map(u8::to_ascii_lowercase);
            self.beginnings.find(folded(), found);
            self.endings.find(folded().rev(), found);
        } else {
            self.beginnings.find(text.iter().copied(), found);
            self.endings.find(text.iter().rev().copied(), found);
        }
        let Some(search) = &self.search else { return };
        // An error says that the search was built to end at the first match; it was not.
        let Ok(occurrences) = search.try_find_overlapping_iter(text) else { return };
        for occurrence in occurrences {
            if let Some(set) = self.wanted_by.get(occurrence.pattern().as_usize()) {
                *found |= set;
            }
        }
    }
}

/// Texts one of which every match of an expression contains; one that is empty if none are known.
fn literals_of(regex: &Regex) -> Vec<Vec<u8>> {
    let parsed = ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .case_insensitive(regex.ignores_case())
        .build()
        .parse(regex.text());
    let best = parsed.ok().map(|expression| best(&expression));
    match best.as_ref().and_then(Seq::literals) {
        // An expression that cannot match has none at all; then nothing has to be found.
        Some(literals) => literals.iter().map(|literal| literal.as_bytes().to_vec()).collect(),
        None => vec![Vec::new()],
    }
}

/// What the matches of an expression, or of a part that is in each of them, begin or end with: the choice whose
/// shortest literal is the longest, and of those the smallest.
fn best(expression: &Hir) -> Seq {
    let parts = match expression.kind() {
        HirKind::Concat(parts) => &parts[..],
        HirKind::Capture(capture) => std::slice::from_ref(&*capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => std::slice::from_ref(&*repetition.sub),
        _ => &[],
    };
    let [begin, end] = [ExtractKind::Prefix, ExtractKind::Suffix]
        .map(|kind| Extractor::new().kind(kind).extract(expression));
    let rank = |choice: &Seq| {
        let shortest = match choice.literals() {
            Some([]) => Some(usize::MAX),
            Some(_) => choice.min_literal_len(),
            None => None,
        };
        (shortest.unwrap_or(0), std::cmp::Reverse(choice.len()))
    };
    let choices = parts.iter().map(best).chain([begin, end]);
    choices.max_by_key(rank).unwrap_or_else(Seq::infinite)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regex(text: &str, ignore_case: bool) -> Vec<String> {
        let regex = Regex::parse(text, 128, ignore_case).unwrap();
        let mut texts: Vec<_> =
            literals_of(&regex).into_iter().map(|text| String::from_utf8(text).unwrap()).collect();
        texts.sort_unstable();
        texts
    }

    #[test]
    fn every_match_of_an_expression_contains_one_of_its_literals() {
        assert_eq!(regex("^/v[12]/users", false), ["/v1/users", "/v2/users"]);
        assert_eq!(regex("/api/.*", false), ["/api/"]);
        assert_eq!(regex(".*/admin/.*", false), ["/admin/"]);
        assert_eq!(regex("^/a/[0-9]+(/orders/)+[a-z]*$", false), ["/orders/"]);
        assert_eq!(regex("a|b*", false), ["", "a", "b"]);
        assert_eq!(regex(".*", false), [""]);
        assert!(regex("shop", true).contains(&"sHoP".to_owned()));
    }

    #[test]
    fn a_text_leads_to_those_who_want_what_is_in_it() {
        let mut builder = Builder::new(true);
        let texts = |values: &[&str]| Texts {
            patterns: values.iter().map(|text| Pattern::new(text, true)).collect(),
            regexes: Box::default(),
        };
        builder.add_texts(0, &texts(&["*.example.com"]));
        builder.add_texts(1, &texts(&["shop.example.com", "other.test"]));
        builder.add_texts(2, &texts(&["*"]));
        builder.add_texts(3, &texts(&["*.shop.*", "*"]));
        builder.add_texts(4, &texts(&["*.Shop.*"]));
        let literals = builder.build();
        let found = |text: &str| {
            let mut found = Set::default();
            literals.find(text.as_bytes(), &mut found);
            found.iter().collect::<Vec<_>>()
        };
        assert_eq!(found("SHOP.example.com"), [0, 1, 2, 3]);
        assert_eq!(found("www.example.COM"), [0, 2, 3]);
        assert_eq!(found("other.test"), [1, 2, 3]);
        assert_eq!(found("my.SHOP.test"), [2, 3, 4]);
        assert_eq!(found(""), [2, 3]);
    }
}
