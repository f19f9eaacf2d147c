//! What the endpoint sends, and what becomes of the answers of servers that may be anything.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use elbow_api::instances::Described;
use elbow_model::{AccessKeyId, Credential, Secret, Timestamp};

use super::*;

/// A server for one connection each: it reads a request and gives `answers` in turn. Joined, it hands over what it read.
fn server(answers: Vec<String>) -> (EndpointUrl, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let serve = move |answer: String| {
        let (mut stream, _) = listener.accept().unwrap();
        let request = whole_request(&mut stream);
        // Who does not want the rest hangs up.
        let _ = stream.write_all(answer.as_bytes());
        request
    };
    (url, std::thread::spawn(move || answers.into_iter().map(serve).collect()))
}

fn whole_request(stream: &mut TcpStream) -> String {
    let (mut read, mut chunk) = (String::new(), [0; 4096]);
    loop {
        if let Some((head, body)) = read.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if body.len() == length.parse::<usize>().unwrap() {
                return read;
            }
        }
        let count = stream.read(&mut chunk).unwrap();
        assert!(count > 0, "the request broke off: {read}");
        read.push_str(std::str::from_utf8(&chunk[..count]).unwrap());
    }
}

fn response(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn page(ids: &[&str], next_token: &str) -> String {
    let one = |id: &&str| {
        format!(
            "<item><instanceId>{id}</instanceId><instanceState><name>running</name></instanceState><privateIpAddress>\
             10.0.0.1</privateIpAddress><placement><availabilityZone>z</availabilityZone></placement></item>"
        )
    };
    let all: String = ids.iter().map(one).collect();
    let body = format!(
        "<DescribeInstancesResponse><reservationSet><item><instancesSet>{all}</instancesSet></item></reservationSet>\
         <nextToken>{next_token}</nextToken></DescribeInstancesResponse>"
    );
    response("200 OK", &body)
}

fn keys() -> AwsKeys {
    let credential = Credential {
        id: AccessKeyId::parse("AKIDEXAMPLE").unwrap(),
        secret: Secret::parse("a-secret-that-nobody-knows").unwrap(),
        created: Timestamp::default(),
    };
    AwsKeys { credential, session_token: Some(HeaderValue::from_static("a-token")) }
}

fn ask(url: EndpointUrl, ids: &[&str]) -> Result<Found, Unanswered> {
    let ids: Vec<InstanceId> = ids.iter().map(|id| InstanceId::parse(id).unwrap()).collect();
    let endpoint = Ec2Endpoint::new(url, keys(), None);
    let region = Region::parse("eu-west-1").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(endpoint.describe(&region, &ids))
}

#[test]
fn a_question_is_signed_and_its_answer_read_to_the_last_page() {
    let (url, served) =
        server(vec![page(&["i-1", "i-other"], "more"), page(&[], "more"), page(&["i-2"], "")]);
    let found = ask(url, &["i-1", "i-2", "i-3"]).unwrap();
    let ids: Vec<&str> = found.keys().map(InstanceId::as_str).collect();
    assert_eq!(ids, ["i-1", "i-2"], "not the one that nobody has asked for");
    assert!(found.values().all(|described| matches!(described, Described::Running { .. })));
    let requests = served.join().unwrap();
    let signed = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,";
    for request in &requests {
        assert!(request.starts_with("POST / HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("/eu-west-1/ec2/aws4_request, ") && request.contains(signed), "{request}");
        assert!(request.contains("x-amz-security-token: a-token\r\n"), "{request}");
    }
    assert!(!requests[0].contains("NextToken") && requests[2].ends_with("&NextToken=more"));
}

#[test]
fn many_instances_are_asked_for_in_batches() {
    let ids: Vec<String> = (0..=IDS_PER_QUESTION).map(|n| format!("i-{n:03}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let (first, second) = ids.split_at(IDS_PER_QUESTION);
    let (url, served) = server(vec![page(first, ""), page(second, "")]);
    assert_eq!(ask(url, &ids).unwrap().len(), ids.len());
    assert!(served.join().unwrap()[1].ends_with("Filter.1.Value.1=i-100"));
}

#[test]
fn what_is_no_answer_says_what_is_wrong_and_what_to_do() {
    let refused = "<Response><Errors><Error><Code>AuthFailure</Code><Message>Who?</Message></Error></Errors></Response>";
    let endless = vec![page(&[], "more"); PAGES];
    let large = response("200 OK", &" ".repeat(answer::ANSWER_BYTES + 1));
    let table = [
        (vec![response("401 Unauthorized", refused)], "it refused with status 401: AuthFailure: Who?"),
        (vec![response("502 Bad Gateway", "<html/>")], "it answered with status 502"),
        (vec![response("200 OK", "<html/>")], "its answer cannot be read: it answers no such question"),
        (vec![response("302 Found", "")], "it answered with status 302"),
        (vec!["SSH-2.0\r\n".to_owned()], "the connection to it broke"),
        (vec![String::new()], "the connection to it broke"),
        (vec![large], "more than 4194304 bytes"),
        (endless, "more than 10 pages"),
    ];
    for (answers, why) in table {
        let (url, served) = server(answers);
        let shown = url.to_string();
        let error = ask(url, &["i-1"]).expect_err(why).to_string();
        assert!(error.contains(why) && error.contains(&shown), "{error}");
        assert!(error.contains("elbow instance put"), "{error}");
        served.join().unwrap();
    }
}

#[test]
fn an_endpoint_that_is_away_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url: EndpointUrl = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let error = ask(url.clone(), &["i-1"]).unwrap_err().to_string();
    assert!(
        error.contains(&format!("{url} does not tell")) && error.contains("cannot be reached"),
        "{error}"
    );
}
