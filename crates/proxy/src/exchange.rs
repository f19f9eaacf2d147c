//! What one request needs while it runs: buffers, heads and notes for the log. Kept by the worker between requests,
//! so that their storage is reused and an idle connection has none.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use elbow_http1::desync::Classification;
use elbow_http1::{request, response};
use elbow_model::key::{ListenerKey, LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_routing::ListenerRoutes;
use elbow_stickiness::Outcome;
use elbow_telemetry::{AnsweredBy, ExecutedAction, InvalidNames, MatchedRule, NonSticky, SessionSeen};

use crate::access_log::LoggedListener;
use crate::buffer::{BUFFER_BYTES, Buffer, BufferPool};
use crate::clock::Moment;
use crate::connection::Next;
use crate::failure::Failure;
use crate::pump::Pump;
use crate::worker::Worker;

/// Exchanges kept for reuse, per worker.
const POOLED_EXCHANGES: usize = 256;
/// Storage for output that is kept for reuse, in bytes; what has grown beyond is freed.
const KEPT_OUTPUT_BYTES: usize = 32 * 1024;

/// One request and its answer.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// The request's head, and what came with it. It stays until the end, for retries and for the log.
    pub(crate) request: Buffer,
    pub(crate) scan: request::ScanState,
    pub(crate) head: request::Head,
    /// The part of the body that came with the head, framed as the target gets it.
    pub(crate) body: Vec<u8>,
    /// How much of `request` is head and that part; what follows is the next request.
    pub(crate) taken: usize,
    /// Moves `up` and the rest of the body.
    pub(crate) upload_pump: Pump,
    /// The rest of a body that did not come with the head.
    pub(crate) upload: Buffer,
    /// What is written to the target next.
    pub(crate) up: Vec<u8>,
    /// The answer's head, then its body.
    pub(crate) response: Buffer,
    pub(crate) answer: response::Head,
    /// How much of `response` has been looked at without finding the end of a head.
    pub(crate) response_seen: usize,
    /// What is written to the client next.
    pub(crate) down: Vec<u8>,
    /// Header lines of our own, for the target.
    pub(crate) lines: Vec<u8>,
    /// Header lines of our own, for the client.
    pub(crate) own_lines: Vec<u8>,
    /// The client's address, for the target.
    pub(crate) client_text: Vec<u8>,
    pub(crate) trace_id: Vec<u8>,
    /// Where the client is sent; empty if it is not.
    pub(crate) location: Vec<u8>,
    /// The Host that a transform made; empty if there is none.
    pub(crate) rewritten_host: Vec<u8>,
    /// Path and query that a transform made; empty if there is none.
    pub(crate) rewritten_url: Vec<u8>,
    /// Another request may follow on the client's connection, as far as this one and the listener allow it.
    pub(crate) keeps_client: bool,
    pub(crate) notes: Notes,
    /// A copy of the head, if `request` was given back before the end.
    text: Vec<u8>,
}

/// What is known of a request by the time it ends.
#[derive(Debug)]
pub(crate) struct Notes {
    pub(crate) created: Moment,
    /// When the request was written to the target.
    pub(crate) sent: Option<Moment>,
    /// When the target's head was there.
    pub(crate) answered: Option<Moment>,
    pub(crate) listener: Option<(LoadBalancerKey, ListenerKey)>,
    pub(crate) rule: Option<MatchedRule>,
    pub(crate) rule_evaluations: u32,
    pub(crate) action: Option<ExecutedAction>,
    pub(crate) group: Option<TargetGroupKey>,
    pub(crate) target: Option<(TargetKey, SocketAddr)>,
    pub(crate) status: u16,
    pub(crate) answered_by: AnsweredBy,
    pub(crate) target_status: Option<u16>,
    /// Read from the client through a tunnel.
    pub(crate) received: u64,
    /// Written to the client.
    pub(crate) written: u64,
    /// Read from the target before its final head.
    pub(crate) response_bytes: u64,
    pub(crate) classification: Option<Classification>,
    pub(crate) invalid_names: Option<InvalidNames>,
    pub(crate) outcome: Outcome,
    pub(crate) non_sticky: Option<NonSticky>,
    /// The session that the client has after the answer.
    pub(crate) session: Option<SessionSeen>,
    pub(crate) error_reason: Option<&'static str>,
    pub(crate) transform_status: Option<&'static str>,
    /// The stickiness cookie was issued over HTTPS, and this is HTTP.
    pub(crate) insecure_replay: bool,
    /// Too few targets are healthy, so that the unhealthy ones are used as well (B21).
    pub(crate) unhealthy_routing: bool,
    pub(crate) refused: u8,
    pub(crate) upgraded: bool,
    /// It is a call of gRPC.
    pub(crate) grpc: bool,
    /// The listener, if it logs its requests.
    pub(crate) logs: Option<Rc<LoggedListener>>,
    /// When the client's answer began. Only what is logged has the next two, too.
    pub(crate) began: Option<Moment>,
    /// How much of what was written to the client are heads.
    pub(crate) heads_written: u64,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            created: Moment::default(),
            sent: None,
            answered: None,
            listener: None,
            rule: None,
            rule_evaluations: 0,
            action: None,
            group: None,
            target: None,
            status: 0,
            answered_by: AnsweredBy::LoadBalancer,
            target_status: None,
            received: 0,
            written: 0,
            response_bytes: 0,
            classification: None,
            invalid_names: None,
            outcome: Outcome::Skipped,
            non_sticky: None,
            session: None,
            error_reason: None,
            transform_status: None,
            insecure_replay: false,
            unhealthy_routing: false,
            refused: 0,
            upgraded: false,
            grpc: false,
            logs: None,
            began: None,
            heads_written: 0,
        }
    }
}

/// Exchanges that are free.
#[derive(Debug, Default)]
pub(crate) struct ExchangePool {
    // Boxed so that they are handed out and taken back without being moved: they are large.
    #[expect(clippy::vec_box, reason = "see above")]
    free: RefCell<Vec<Box<Exchange>>>,
}

impl ExchangePool {
    pub(crate) fn take(&self) -> Box<Exchange> {
        self.free.borrow_mut().pop().unwrap_or_default()
    }

    /// Takes an exchange back, with whatever is left in its buffers.
    pub(crate) fn put(&self, mut exchange: Box<Exchange>, buffers: &BufferPool) {
        let it = &mut *exchange;
        for buffer in [&mut it.request, &mut it.upload, &mut it.response] {
            buffer.discard(buffers);
        }
        for output in it.outputs() {
            output.clear();
            if output.capacity() > KEPT_OUTPUT_BYTES {
                *output = Vec::new();
            }
        }
        let mut free = self.free.borrow_mut();
        if free.len() < POOLED_EXCHANGES {
            free.push(exchange);
        }
    }
}

impl Exchange {
    /// Makes ready for the next request of the same connection.
    pub(crate) fn begin(&mut self, now: Moment) {
        self.scan = request::ScanState::default();
        self.notes = Notes { created: now, ..Notes::default() };
        self.upload_pump = Pump::default();
        (self.taken, self.response_seen) = (0, 0);
        self.keeps_client = false;
        self.outputs().into_iter().for_each(Vec::clear);
    }

    /// Forgets the head of an earlier request, because the present one has none; passes `failure` on.
    pub(crate) fn without_head(&mut self, failure: Failure) -> Failure {
        self.head = request::Head::default();
        failure
    }

    /// Makes ready to send the request again, after an attempt that failed.
    pub(crate) fn rewind(&mut self, buffers: &BufferPool) {
        self.upload_pump.rewind();
        self.response.discard(buffers);
        self.response_seen = 0;
        self.notes.response_bytes = 0;
    }

    /// The whole request was written to the target.
    pub(crate) fn is_sent(&self) -> bool {
        self.upload_pump.is_done()
    }

    /// What becomes of the connection when the answer allows another request: nothing may be left of this one.
    pub(crate) fn after_answer(&self) -> Next {
        if self.upload_pump.is_read() && self.taken > 0 { Next::KeepAlive } else { Next::Linger }
    }

    /// What becomes of the connection after its last answer. If something is unread, the answer could be lost.
    pub(crate) fn after_last_answer(&self) -> Next {
        let unread = self.request.filled().len() > self.taken || !self.upload.is_empty();
        if self.upload_pump.is_read() && !unread { Next::Close } else { Next::Linger }
    }

    /// Uses up this request, so that what follows it in the buffer is the next one.
    pub(crate) fn end(&mut self, buffers: &BufferPool) {
        if self.upload_pump.has_read() {
            self.request.discard(buffers);
            std::mem::swap(&mut self.request, &mut self.upload);
        } else {
            self.request.consume(self.taken);
        }
        self.response.discard(buffers);
        self.request.release(buffers);
    }

    /// Gives back what is not needed while the client is slow to send its body or to take its answer.
    pub(crate) fn slim(&mut self, buffers: &BufferPool) {
        if self.up.is_empty() {
            self.up = Vec::new();
        }
        if !self.upload_pump.has_read() {
            return self.request.settle(buffers);
        }
        // It cannot be sent again: only the head is still looked at.
        if self.request.storage() >= BUFFER_BYTES {
            self.text = self.head_bytes().get(..self.head.len()).unwrap_or_default().to_vec();
            self.request.discard(buffers);
            self.body = Vec::new();
        }
    }

    /// Gives back what a pipe does not need, and leaves what the client sent behind its head in `upload`.
    pub(crate) fn become_tunnel(&mut self, buffers: &BufferPool) {
        self.notes.upgraded = true;
        self.text = self.head_bytes().get(..self.head.len()).unwrap_or_default().to_vec();
        self.request.consume(self.taken);
        std::mem::swap(&mut self.request, &mut self.upload);
        self.upload.release(buffers);
        self.response.release(buffers);
        for output in [&mut self.body, &mut self.up, &mut self.down, &mut self.lines, &mut self.own_lines] {
            *output = Vec::new();
        }
    }

    /// The bytes that the head lies in.
    pub(crate) fn head_bytes(&self) -> &[u8] {
        if self.text.is_empty() { self.request.filled() } else { &self.text }
    }

    /// The client's `User-Agent`.
    pub(crate) fn user_agent(&self) -> Option<&[u8]> {
        self.head.user_agent(self.head_bytes())
    }

    /// Bytes of this request that were read from the client.
    pub(crate) fn received(&self) -> u64 {
        self.taken.max(self.head.len()) as u64 + self.upload_pump.read + self.notes.received
    }

    fn outputs(&mut self) -> [&mut Vec<u8>; 11] {
        [
            &mut self.body,
            &mut self.up,
            &mut self.down,
            &mut self.lines,
            &mut self.own_lines,
            &mut self.client_text,
            &mut self.trace_id,
            &mut self.location,
            &mut self.rewritten_host,
            &mut self.rewritten_url,
            &mut self.text,
        ]
    }
}

impl Notes {
    /// The target's answer is passed on.
    pub(crate) fn target_answered(&mut self, status: u16) {
        self.status = status;
        self.target_status = Some(status);
        self.answered_by = AnsweredBy::Target;
    }

    /// The listener that takes the request.
    pub(crate) fn listener(&mut self, worker: &Worker, listener: &ListenerRoutes) {
        self.listener = Some((listener.load_balancer, listener.key));
        self.logs = worker.logged_listeners.of(listener);
    }

    /// A head is written to the client, which these bytes begin with.
    pub(crate) fn head_written(&mut self, bytes: &[u8]) {
        if self.logs.is_some() {
            let length = memchr::memmem::find(bytes, b"\r\n\r\n").map_or(bytes.len(), |end| end + 4);
            self.heads_written += length as u64;
        }
    }

    /// The load balancer answers, or would have.
    pub(crate) fn own_answer(&mut self, status: u16) {
        self.status = status;
        self.answered_by = AnsweredBy::LoadBalancer;
    }
}

#[cfg(test)]
mod tests {
    use elbow_http1::Limits;

    use super::*;

    #[test]
    fn a_client_that_is_slow_with_its_body_costs_little_more_than_its_head() {
        let (pool, mut x) = (BufferPool::default(), Exchange::default());
        let head = b"POST /photo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
        x.request.put(&pool, &[head.as_slice(), &[b'x'; 10_000]].concat());
        x.head.parse(x.request.filled(), &mut x.scan, &Limits::REQUEST).unwrap();
        (x.taken, x.body, x.up) = (x.request.filled().len(), vec![b'x'; 10_000], Vec::with_capacity(20_000));
        x.slim(&pool);
        assert_eq!((x.body.len(), x.up.capacity()), (10_000, 0), "it may have to be sent again");

        x.upload_pump.read = 1;
        for _ in 0..2 {
            x.slim(&pool);
            assert_eq!((x.request.storage(), x.body.capacity()), (0, 0));
            assert_eq!(x.head.target(x.head_bytes()), b"/photo", "the log still shows it");
        }
        assert!(x.head_bytes().len() == head.len() && x.received() > 10_000);
    }

    #[test]
    fn a_client_that_is_slow_to_take_its_answer_may_have_sent_the_next_request() {
        let (pool, mut x) = (BufferPool::default(), Exchange::default());
        let head = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
        x.request.put(&pool, &[head.as_slice(), b"GET /2 HTTP/1.1\r\n"].concat());
        x.head.parse(x.request.filled(), &mut x.scan, &Limits::REQUEST).unwrap();
        x.taken = head.len();
        x.slim(&pool);
        assert!(x.request.storage() < 100 && x.head.target(x.head_bytes()) == b"/1");
        x.end(&pool);
        assert_eq!(x.request.filled(), b"GET /2 HTTP/1.1\r\n");
    }
}
