//! How fast recipients are guarded and fixed: measured, not tested.

use std::time::{Duration, Instant};

use store::testing::both;

use super::testing::{find, input, make, order};
use super::{Command, State};
use crate::delivery::testing::{PLAIN, World};
use crate::schema::MIGRATIONS;

/// Not a test of right or wrong: prints how fast recipients are guarded and fixed. Run by hand, optimised.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; run by hand in release mode"]
async fn how_fast_recipients_are_fixed() {
    both(MIGRATIONS, async |_, store| {
        for (text, people) in [(PLAIN, 200_000), (r#"[{"type":"text","text":"{{name}}さん"}]"#, 50_000)] {
            let world = World::new(&store).await;
            for chunk in 0..people / 10_000 {
                world.friends(chunk * 10_000, 10_000).await;
            }
            let (template, _) = world.template(text).await;
            let id = make(&world, input(&world, template)).await;
            order(&world, id, Command::Confirm).await.unwrap();
            let begun = Instant::now();
            while find(&world, id).await.state != State::Sending {
                world.broadcasts.turn(&world.held, world.now()).await.unwrap();
            }
            let (snapshot, begun) = (begun.elapsed(), Instant::now());
            let (mut turns, mut busy, cpu) = (0u32, Duration::ZERO, cpu_ms());
            while find(&world, id).await.state == State::Sending {
                let turn = Instant::now();
                let worked = world.broadcasts.turn(&world.held, world.now()).await.unwrap().worked;
                if worked > 0 {
                    (turns, busy) = (turns + 1, busy + turn.elapsed());
                } else {
                    tokio::task::yield_now().await;
                }
            }
            eprintln!(
                "{:?} {people} people: snapshot {:.0}/s, fixed {:.0}/s ({turns} turns, {:.1} ms each), all {:.0}/s, {:.1} µs of our CPU each",
                store.dialect(),
                people as f64 / snapshot.as_secs_f64(),
                people as f64 / busy.as_secs_f64(),
                busy.as_secs_f64() * 1e3 / f64::from(turns),
                people as f64 / begun.elapsed().as_secs_f64(),
                (cpu_ms() - cpu) as f64 * 1e3 / people as f64,
            );
        }
    })
    .await;
}

/// CPU time of this process so far, all threads, ms: what a busy machine does not distort. 0 where there is no /proc.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // utime and stime, in ticks of 10 ms (proc_pid_stat(5)).
    after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}
