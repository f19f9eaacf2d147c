//! Any bytes as a form of the Query protocol: no panic, and every level can be walked and found again by its name.

#![no_main]

use elbow_api::wire::form::{DEPTH, Form, Node};
use libfuzzer_sys::fuzz_target;

fn walk(node: Node<'_>, depth: usize) {
    assert!(depth <= DEPTH);
    let Some(members) = node.members() else { return };
    assert!(members.is_sorted_by(|(one, _), (other, _)| one < other));
    for (number, member) in members {
        let again = node.child(&number.to_string());
        assert_eq!(again.and_then(Node::value), member.value());
        assert!(member.value().is_some() || member.is_structure());
        walk(member, depth + 1);
    }
}

fuzz_target!(|data: &[u8]| {
    let mut texts = data.splitn(2, |byte| *byte == b'\n');
    let texts = [texts.next().unwrap_or_default(), texts.next().unwrap_or_default()];
    let Ok(form) = Form::parse(&texts) else { return };
    walk(form.root(), 0);
    for name in ["Action", "Targets", "member", "", "1"] {
        let Some(node) = form.root().child(name) else { continue };
        assert!(node.value().is_some() || node.is_structure());
        walk(node, 1);
        if let Some(members) = node.child("member") {
            walk(members, 2);
        }
    }
});
