//! Both bodies of an exchange, moved at the same time: a target may answer before it has the whole request.

use std::future::poll_fn;
use std::task::{Context, Poll};

use crate::attempt::poll_send;
use crate::connection::Client;
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::pump::{Broken, Ends, Pump, Side};
use crate::upstream::Upstream;

/// How far both bodies are.
struct Relay {
    download: Pump,
    downloaded: bool,
    /// The request is written, or nobody takes the rest of it.
    upload_over: bool,
}

/// Writes the answer to its end, and what is left of the request unless nobody wants it any more: that is when either
/// connection closes after this exchange, so that `finish_upload` is false.
pub(crate) async fn run(
    client: &mut Client,
    x: &mut Exchange,
    upstream: &mut Upstream,
    download: Pump,
    finish_upload: bool,
) -> Result<(), Failure> {
    let mut relay = Relay { download, downloaded: false, upload_over: x.is_sent() };
    let mut answer_first = false;
    let result = poll_fn(|cx| {
        // A body that is always ready uses up what the event loop grants this task, so they take turns in going first.
        answer_first = !answer_first;
        if answer_first {
            relay.move_answer(cx, client, x, upstream)?;
            relay.move_request(cx, client, x, upstream)?;
        } else {
            relay.move_request(cx, client, x, upstream)?;
            relay.move_answer(cx, client, x, upstream)?;
        }
        relay.heed_resets(cx, client, upstream)?;
        if relay.downloaded && (relay.upload_over || !finish_upload) {
            return Poll::Ready(Ok(()));
        }
        if relay.waits_for_client(x) {
            x.slim(&client.worker.buffers);
        }
        client.timer.poll_alarm(cx).map(|_| if relay.downloaded { Ok(()) } else { Err(Failure::Cut) })
    })
    .await;
    x.notes.written += relay.download.total;
    result
}

impl Relay {
    /// Whether the client is slow to take its answer, or to send what is left of its request.
    fn waits_for_client(&self, x: &Exchange) -> bool {
        !self.downloaded && self.download.waits_for == Side::Writer
            || !self.upload_over && x.upload_pump.waits_for == Side::Reader
    }

    /// Either side may say that it wants no more while the other has nothing to say that would show it.
    fn heed_resets(
        &mut self,
        cx: &mut Context<'_>,
        client: &mut Client,
        upstream: &mut Upstream,
    ) -> Result<(), Failure> {
        if !self.upload_over && self.downloaded {
            self.upload_over = upstream.stream.poll_unwanted(cx).is_ready();
        }
        match self.upload_over && !self.downloaded && client.stream.poll_unwanted(cx).is_ready() {
            true => Err(Failure::Cut),
            false => Ok(()),
        }
    }

    fn move_request(
        &mut self,
        cx: &mut Context<'_>,
        client: &mut Client,
        x: &mut Exchange,
        upstream: &mut Upstream,
    ) -> Result<(), Failure> {
        if self.upload_over {
            return Ok(());
        }
        match poll_send(cx, client, x, upstream) {
            Poll::Ready(Err(Broken::Read | Broken::Body(_))) if !self.downloaded => Err(Failure::Cut),
            // A target that reads no more may still answer.
            Poll::Ready(_) => {
                self.upload_over = true;
                Ok(())
            }
            Poll::Pending => Ok(()),
        }
    }

    fn move_answer(
        &mut self,
        cx: &mut Context<'_>,
        client: &mut Client,
        x: &mut Exchange,
        upstream: &mut Upstream,
    ) -> Result<(), Failure> {
        if self.downloaded {
            return Ok(());
        }
        match poll_answer(cx, client, x, upstream, &mut self.download) {
            Poll::Ready(Ok(())) => {
                self.downloaded = true;
                Ok(())
            }
            Poll::Ready(Err(Broken::Read | Broken::Body(_))) if self.download.total == 0 => {
                Err(Failure::Answer(502))
            }
            Poll::Ready(Err(_)) => Err(Failure::Cut),
            Poll::Pending => Ok(()),
        }
    }
}

fn poll_answer(
    cx: &mut Context<'_>,
    client: &mut Client,
    x: &mut Exchange,
    upstream: &mut Upstream,
    download: &mut Pump,
) -> Poll<Result<(), Broken>> {
    let (timer, idle_timeout) = (&client.timer, client.idle_timeout);
    let ends = Ends {
        reader: &mut upstream.stream,
        writer: &mut client.stream,
        buffer: &mut x.response,
        out: &mut x.down,
        pool: &client.worker.buffers,
    };
    download.poll(cx, ends, || timer.restart(idle_timeout))
}
