//! The API as its callers see it: signed requests in, AWS's XML out, over a store in memory. Each test owns a world of
//! its own, time included.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test states what must be true; it may fail loudly"
)]

mod attributes;
mod certificates;
mod classic_instances;
mod classic_load_balancers;
mod classic_policies;
mod console;
mod extension;
mod extension_counts;
mod extension_explain;
mod instances;
mod layers;
mod listeners;
mod load_balancers;
mod no_network;
mod other_services;
mod parity;
mod protocol_versions;
mod random_forms;
mod rule_actions;
mod rule_parts;
mod rules;
mod secure_listeners;
mod server_certificates;
mod signatures;
mod stack_pages;
mod stack_refusals;
mod stack_tokens;
mod stack_updates;
mod stacks;
mod tables;
mod tags;
mod target_groups;
mod targets;
mod trust_stores;
mod wire;
mod world;
