//! The answer to [`question`](super::question()), read.
//!
//! **Threat.** The bytes come from whoever answers at the endpoint, or stands between. What may be wrong with them is an
//! error, and nothing is taken from such an answer: what is no document (see `document`), an element twice, an instance
//! twice, an address that no host can have. The number of instances is bounded. A text for the log has a limit and no
//! control characters.

use std::collections::btree_map::Entry;
use std::net::IpAddr;

use elbow_model::{InstanceId, Zone};

pub use super::document::{ANSWER_BYTES, Unreadable};
use super::document::{Step, walk};
use super::{Described, Found};

/// Most instances of one answer: as many as EC2 gives on one page.
const INSTANCES: usize = 1_000;
/// Longest part of a refusal that is told, in bytes.
const REFUSAL_BYTES: usize = 200;

const ROOT: &str = "/DescribeInstancesResponse";
const INSTANCE: &str = "/DescribeInstancesResponse/reservationSet/item/instancesSet/item";
const NEXT_TOKEN: &str = "/DescribeInstancesResponse/nextToken";
const RUNNING: &str = "running";

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The instances in it.
    pub instances: Found,
    /// Asks for more, if there is more.
    pub next_token: Option<String>,
}

/// Reads the answer to a question that was not refused.
///
/// # Errors
/// It is not an answer of EC2's to that question.
pub fn read(answer: &[u8]) -> Result<Page, Unreadable> {
    let mut page = Page::default();
    let mut instance: Option<Fields> = None;
    walk(answer, |step| {
        match step {
            Step::Into(path) if !path.starts_with(ROOT) => {
                return Err(Unreadable("it answers no such question"));
            }
            Step::Into(INSTANCE) => instance = Some(Fields::default()),
            Step::Into(_) => {}
            Step::Text(NEXT_TOKEN, "") => {}
            Step::Text(NEXT_TOKEN, text) => set(&mut page.next_token, text)?,
            Step::Text(path, text) => {
                if let (Some(fields), Some(name)) = (&mut instance, path.strip_prefix(INSTANCE)) {
                    fields.set(name, text)?;
                }
            }
            Step::OutOf(INSTANCE) => {
                let (id, described) = instance.take().unwrap_or_default().read()?;
                if page.instances.len() == INSTANCES {
                    return Err(Unreadable("it has too many instances"));
                }
                match page.instances.entry(id) {
                    Entry::Vacant(place) => drop(place.insert(described)),
                    Entry::Occupied(_) => return Err(Unreadable("it has an instance twice")),
                }
            }
            Step::OutOf(_) => {}
        }
        Ok(())
    })?;
    Ok(page)
}

/// What a refusal says, for people: `AuthFailure: AWS was not able to …`. `None` if it is not EC2's.
pub fn refusal(answer: &[u8]) -> Option<String> {
    let (mut code, mut message) = (None, None);
    walk(answer, |step| {
        match step {
            Step::Text("/Response/Errors/Error/Code", text) => set(&mut code, text)?,
            Step::Text("/Response/Errors/Error/Message", text) => set(&mut message, text)?,
            _ => {}
        }
        Ok(())
    })
    .ok()?;
    let mut said = format!("{}: {}", code?, message?);
    said.truncate(said.floor_char_boundary(REFUSAL_BYTES));
    Some(said.replace(char::is_control, " "))
}

/// What an answer says of one instance.
#[derive(Default)]
struct Fields {
    id: Option<String>,
    state: Option<String>,
    private: Option<String>,
    ipv6: Option<String>,
    zone: Option<String>,
}

impl Fields {
    fn set(&mut self, name: &str, text: &str) -> Result<(), Unreadable> {
        match name {
            "/instanceId" => set(&mut self.id, text),
            "/instanceState/name" => set(&mut self.state, text),
            "/privateIpAddress" => set(&mut self.private, text),
            "/ipv6Address" => set(&mut self.ipv6, text),
            "/placement/availabilityZone" => set(&mut self.zone, text),
            _ => Ok(()),
        }
    }

    /// The private address is the one of IPv4, as in EC2's own words; an instance may have one of IPv6 only.
    fn read(self) -> Result<(InstanceId, Described), Unreadable> {
        let id = self.id.and_then(|id| InstanceId::parse(&id).ok());
        let id = id.ok_or(Unreadable("it has an instance without an id"))?;
        let state = self.state.ok_or(Unreadable("it has an instance without a state"))?;
        let address = self.private.or(self.ipv6).filter(|address| !address.is_empty());
        let Some(address) = address.filter(|_| state == RUNNING) else { return Ok((id, Described::Down)) };
        let address = address.parse().ok().filter(is_of_one_host);
        let zone = self.zone.and_then(|zone| Zone::parse(&zone).ok());
        Ok((
            id,
            Described::Running {
                address: address.ok_or(Unreadable("it has an instance with an impossible address"))?,
                zone: zone.ok_or(Unreadable("it has an instance without a zone"))?,
            },
        ))
    }
}

/// Whether packets to this address reach one host.
pub(crate) fn is_of_one_host(address: &IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    !(address.is_unspecified() || address.is_multicast() || broadcast)
}

fn set(field: &mut Option<String>, text: &str) -> Result<(), Unreadable> {
    match field.replace(text.to_owned()) {
        None => Ok(()),
        Some(_) => Err(Unreadable("it says something twice")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::DEPTH;
    use super::*;

    /// An answer with these instances, the way EC2 writes it.
    fn answer(instances: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n\
             <requestId>8f7724cf</requestId><reservationSet><item><reservationId>r-1</reservationId><groupSet/>\n\
             <instancesSet>{instances}</instancesSet></item></reservationSet></DescribeInstancesResponse>"
        )
    }

    fn instance(id: &str, state: &str, rest: &str) -> String {
        format!(
            "<item><instanceId>{id}</instanceId><instanceState><code>16</code><name>{state}</name></instanceState>\
             {rest}<placement><availabilityZone>us-east-1b</availabilityZone></placement></item>"
        )
    }

    fn found(xml: &str) -> Vec<(String, Described)> {
        let page = read(xml.as_bytes()).unwrap();
        page.instances.into_iter().map(|(id, described)| (id.to_string(), described)).collect()
    }

    fn at(address: &str) -> Described {
        Described::Running { address: address.parse().unwrap(), zone: Zone::parse("us-east-1b").unwrap() }
    }

    #[test]
    fn an_instance_is_where_its_primary_private_address_is() {
        let interfaces = "<networkInterfaceSet><item><privateIpAddress>10.0.0.7</privateIpAddress><placement>\
                          <availabilityZone>x</availabilityZone></placement></item></networkInterfaceSet>";
        let both = "<privateIpAddress>10.0.0.5</privateIpAddress><ipv6Address>fd00::5</ipv6Address>";
        let all = [
            instance("i-1", "running", &format!("{interfaces}<ipAddress>3.3.3.3</ipAddress>{both}")),
            instance("i-2", "running", "<ipv6Address>fd00::6</ipv6Address>"),
            instance("i-3", "running", "<privateIpAddress/>"),
            instance("i-4", "stopped", both),
            instance("i-5", "terminated", ""),
        ];
        let down = |id: &str| (id.to_owned(), Described::Down);
        let expected = [
            ("i-1".to_owned(), at("10.0.0.5")),
            ("i-2".to_owned(), at("fd00::6")),
            down("i-3"),
            down("i-4"),
            down("i-5"),
        ];
        assert_eq!(found(&answer(&all.concat())), expected);
    }

    #[test]
    fn an_answer_may_be_empty_or_go_on() {
        assert_eq!(found("<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>"), []);
        let more =
            "<DescribeInstancesResponse><nextToken>a&amp;b&#61;</nextToken></DescribeInstancesResponse>";
        assert_eq!(read(more.as_bytes()).unwrap().next_token.as_deref(), Some("a&b="));
        let last = "<DescribeInstancesResponse><nextToken/></DescribeInstancesResponse>";
        assert_eq!(read(last.as_bytes()).unwrap(), Page::default());
    }

    #[test]
    fn what_is_no_answer_is_refused_as_a_whole() {
        let good = instance("i-1", "running", "<privateIpAddress>10.0.0.5</privateIpAddress>");
        let place = |address: &str| {
            answer(&instance("i-1", "running", &format!("<privateIpAddress>{address}</privateIpAddress>")))
        };
        let table = [
            (String::new(), "not complete"),
            ("busy".to_owned(), "text outside"),
            ("<html><body/></html>".to_owned(), "no such question"),
            (answer(&good).replace("</item>", ""), "well-formed"),
            (answer(&good).split_at(300).0.to_owned(), "not complete"),
            (answer(&good) + "<more/>", "after its end"),
            (format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{}", answer(&good)), "document type"),
            (answer(&good).replace("i-1", "i-&lol;"), "entity"),
            (answer(&format!("{good}{good}")), "instance twice"),
            (answer(&good.replace("<item>", "<item><instanceId>i-1</instanceId>")), "something twice"),
            (answer(&good.replace("i-1", "x-1")), "without an id"),
            (answer(&good.replace("name>", "word>")), "without a state"),
            (answer(&good.replace("us-east-1b", "../..")), "without a zone"),
            (place("10.0.0"), "impossible"),
            (place("0.0.0.0"), "impossible"),
            (place("224.0.0.1"), "impossible"),
            (place("10.0.0.5:80"), "impossible"),
            (format!("<DescribeInstancesResponse>{}", "<a>".repeat(DEPTH)), "deeply"),
            (" ".repeat(ANSWER_BYTES + 1), "too large"),
        ];
        for (text, why) in table {
            let error = read(text.as_bytes()).expect_err(why).to_string();
            assert!(error.contains(why), "{why}: {error}");
        }
        assert_eq!(read(b"\xff"), Err(Unreadable("it is not UTF-8")));
    }

    #[test]
    fn there_is_a_most_of_instances() {
        let many = |count: usize| {
            let all: String = (0..count).map(|n| instance(&format!("i-{n}"), "stopped", "")).collect();
            read(answer(&all).as_bytes())
        };
        assert_eq!(many(INSTANCES).unwrap().instances.len(), INSTANCES);
        assert_eq!(many(INSTANCES + 1), Err(Unreadable("it has too many instances")));
    }

    #[test]
    fn a_refusal_is_one_short_line() {
        let said = |code: &str, message: &str| {
            let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
            refusal(format!("<Response><Errors>{error}</Errors></Response>").as_bytes())
        };
        assert_eq!(said("AuthFailure", "Who &apos;are&apos; you?").unwrap(), "AuthFailure: Who 'are' you?");
        let long = said("A", &format!("two\nlines\u{1b}[2J{}", "ä".repeat(400))).unwrap();
        assert!(long.len() <= REFUSAL_BYTES && !long.contains(char::is_control), "{long}");
        assert_eq!(refusal(b"<html/>"), None);
        assert_eq!(refusal(b"Bad Gateway"), None);
    }
}
