//! A connection that became a pipe (R21): bytes both ways, until both sides have finished or neither says anything for
//! the idle timeout. Rules, cookies and framing play no role any more (S56).

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;

use crate::buffer::{Buffer, BufferPool};
use crate::connection::Client;
use crate::stream::Stream;
use crate::upstream::Upstream;

/// How many bytes went each way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moved {
    /// To the target.
    pub(crate) up: u64,
    /// To the client.
    pub(crate) down: u64,
}

/// One direction.
#[derive(Debug, Default)]
struct Lane {
    /// The reader's end has come, and was passed on if `closed`.
    ended: bool,
    closed: bool,
    total: u64,
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
    let mut down_first = false;
    poll_fn(|cx| {
        let (target, pool) = (&mut upstream.stream, &worker.buffers);
        // A lane that is always ready uses up what the event loop grants this task, so they take turns in going first.
        down_first = !down_first;
        let mut lanes = [Poll::Pending, Poll::Pending];
        for (lane, goes_down) in lanes.iter_mut().zip([down_first, !down_first]) {
            *lane = match goes_down {
                true => down.poll(cx, target, stream, (&mut *download, pool), progress),
                false => up.poll(cx, stream, target, (&mut *upload, pool), progress),
            };
        }
        match lanes {
            [Poll::Ready(Err(_)), _] | [_, Poll::Ready(Err(_))] => Poll::Ready(()),
            [Poll::Ready(Ok(())), Poll::Ready(Ok(()))] => Poll::Ready(()),
            _ => timer.poll_alarm(cx).map(drop),
        }
    })
    .await;
    Moved { up: up.total, down: down.total }
}

impl Lane {
    /// Moves what can be moved. Ready when the reader has ended and the writer knows.
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        reader: &mut Stream,
        writer: &mut Stream,
        (buffer, pool): (&mut Buffer, &BufferPool),
        progress: impl Fn(),
    ) -> Poll<io::Result<()>> {
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
                ready!(Pin::new(&mut *writer).poll_shutdown(cx))?;
                self.closed = true;
            } else if ready!(buffer.poll_fill(cx, reader, pool))? == 0 {
                self.ended = true;
            } else {
                progress();
            }
        }
        Poll::Ready(Ok(()))
    }
}
