//! Both bodies of an exchange, moved at the same time: a target may answer before it has the whole request.

use std::future::poll_fn;
use std::task::{Context, Poll};

use crate::connection::Client;
use crate::exchange::Exchange;
use crate::failure::Failure;
use crate::forward::poll_send;
use crate::pump::{Broken, Ends, Pump};
use crate::upstream::Upstream;

/// Writes the answer to its end, and what is left of the request unless nobody wants it any more: that is when either
/// connection closes after this exchange, so that `finish_upload` is false.
pub(crate) async fn run(
    client: &mut Client,
    x: &mut Exchange,
    upstream: &mut Upstream,
    mut download: Pump,
    finish_upload: bool,
) -> Result<(), Failure> {
    let mut upload_over = x.is_sent();
    let mut downloaded = false;
    let result = poll_fn(|cx| {
        if !upload_over {
            match poll_send(cx, client, x, upstream) {
                Poll::Ready(Err(Broken::Read | Broken::Body(_))) if !downloaded => {
                    return Poll::Ready(Err(Failure::Cut));
                }
                // A target that reads no more may still answer.
                Poll::Ready(_) => upload_over = true,
                Poll::Pending => {}
            }
        }
        if !downloaded {
            match poll_answer(cx, client, x, upstream, &mut download) {
                Poll::Ready(Ok(())) => downloaded = true,
                Poll::Ready(Err(Broken::Write)) => return Poll::Ready(Err(Failure::Cut)),
                Poll::Ready(Err(_)) if download.total == 0 => return Poll::Ready(Err(Failure::Answer(502))),
                Poll::Ready(Err(_)) => return Poll::Ready(Err(Failure::Cut)),
                Poll::Pending => {}
            }
        }
        if downloaded && (upload_over || !finish_upload) {
            return Poll::Ready(Ok(()));
        }
        client.timer.poll_alarm(cx).map(|_| if downloaded { Ok(()) } else { Err(Failure::Cut) })
    })
    .await;
    x.notes.written += download.total;
    result
}

fn poll_answer(
    cx: &mut Context<'_>,
    client: &mut Client,
    x: &mut Exchange,
    upstream: &mut Upstream,
    download: &mut Pump,
) -> Poll<Result<(), Broken>> {
    let (timer, idle_timeout) = (&client.timer, client.idle_timeout);
    let (mut reader, _) = upstream.stream.split();
    let (_, mut writer) = client.stream.split();
    let ends = Ends {
        reader: &mut reader,
        writer: &mut writer,
        buffer: &mut x.response,
        out: &mut x.down,
        pool: &client.worker.buffers,
    };
    download.poll(cx, ends, || timer.restart(idle_timeout))
}
