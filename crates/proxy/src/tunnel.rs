//! A connection that became a pipe (R21): bytes both ways, until both sides have finished or neither says anything for
//! the idle timeout. Rules, cookies and framing play no role any more (S56).
//!
//! An end is passed on as an end, and a reset as a reset: who reads until the end has to know that this was all.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;

use crate::buffer::Buffer;
use crate::clock::Moment;
use crate::connection::Client;
use crate::splice::{Pipe, Spliced};
use crate::stream::Stream;
use crate::upstream::Upstream;
use crate::worker::Worker;

/// How many bytes went each way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moved {
    /// To the target.
    pub(crate) up: u64,
    /// To the client.
    pub(crate) down: u64,
    /// When the first went to the target.
    pub(crate) began: Option<Moment>,
}

/// One direction.
#[derive(Debug, Default)]
struct Lane {
    /// The reader's end has come, and was passed on if `closed`.
    ended: bool,
    closed: bool,
    total: u64,
    /// The last read filled what there was for it: more will come.
    flows: bool,
    /// What bytes go through meanwhile, if both ends are sockets.
    pipe: Option<Pipe>,
}

/// Pipes until it is over. What the client sent behind its request goes first.
pub(crate) async fn run(
    client: &mut Client,
    (upload, download): (&mut Buffer, &mut Buffer),
    upstream: &mut Upstream,
) -> Moved {
    let (mut up, mut down) = (Lane::default(), Lane::default());
    let idle_timeout = client.idle_timeout;
    let Client { worker, stream, timer, .. } = client;
    let progress = || timer.restart(idle_timeout);
    progress();
    let (mut down_first, mut began) = (false, None);
    poll_fn(|cx| {
        let target = &mut upstream.stream;
        // A lane that is always ready uses up what the event loop grants this task, so they take turns in going first.
        down_first = !down_first;
        let mut lanes = [Poll::Pending, Poll::Pending];
        for (lane, goes_down) in lanes.iter_mut().zip([down_first, !down_first]) {
            *lane = match goes_down {
                true => down.poll(cx, target, stream, (&mut *download, worker), up.closed, progress),
                false => up.poll(cx, stream, target, (&mut *upload, worker), down.closed, progress),
            };
        }
        if began.is_none() && up.total > 0 {
            began = Some(worker.moment());
        }
        match lanes {
            [Poll::Ready(Err(_)), _] | [_, Poll::Ready(Err(_))] => {
                stream.reset();
                target.reset();
                Poll::Ready(())
            }
            [Poll::Ready(Ok(())), Poll::Ready(Ok(()))] => Poll::Ready(()),
            _ => timer.poll_alarm(cx).map(drop),
        }
    })
    .await;
    up.pipe.into_iter().chain(down.pipe).for_each(|pipe| worker.pipes.put(pipe));
    Moved { up: up.total, down: down.total, began }
}

impl Lane {
    /// Moves what can be moved. Ready when the reader has ended and the writer knows, or is about to be closed because the
    /// other direction is over (`is_last`).
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        reader: &mut Stream,
        writer: &mut Stream,
        (buffer, worker): (&mut Buffer, &Worker),
        is_last: bool,
        progress: impl Fn(),
    ) -> Poll<io::Result<()>> {
        let pool = &worker.buffers;
        while !self.closed {
            while !buffer.is_empty() {
                let Poll::Ready(count) = Pin::new(&mut *writer).poll_write(cx, buffer.filled())? else {
                    reader.gather(cx);
                    return Poll::Pending;
                };
                buffer.consume(count);
                self.total += count as u64;
                progress();
            }
            buffer.release(pool);
            if self.ended {
                // What a socket without anything left to read says when it is closed is the same, and one call less.
                if is_last && matches!(writer, Stream::Tcp(_)) {
                    self.closed = true;
                    continue;
                }
                ready!(Pin::new(&mut *writer).poll_shutdown(cx))?;
                self.closed = true;
                continue;
            }
            if let Some(spliced) = self.poll_splice(cx, reader, writer, worker, &progress) {
                match ready!(spliced)? {
                    Spliced::Ended => self.ended = true,
                    Spliced::Trickles => self.flows = false,
                }
                continue;
            }
            if self.flows {
                buffer.widen(pool);
            }
            if ready!(buffer.poll_fill(cx, reader, pool))? == 0 {
                self.ended = true;
            } else {
                self.flows = buffer.is_full();
                progress();
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Moves bytes through a pipe; `None` if they do not flow, do not come from one socket and go to another, or there is no
    /// pipe.
    fn poll_splice(
        &mut self,
        cx: &mut Context<'_>,
        reader: &Stream,
        writer: &Stream,
        worker: &Worker,
        progress: impl Fn(),
    ) -> Option<Poll<io::Result<Spliced>>> {
        if !self.flows {
            return None;
        }
        let (Stream::Tcp(reader), Stream::Tcp(writer)) = (reader, writer) else { return None };
        let mut pipe = self.pipe.take().or_else(|| worker.pipes.take())?;
        let polled = pipe.poll(cx, reader, writer, |count| {
            self.total += count as u64;
            progress();
        });
        match pipe.is_empty() {
            true => worker.pipes.put(pipe),
            false => self.pipe = Some(pipe),
        }
        Some(polled)
    }
}
