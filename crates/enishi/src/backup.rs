//! `enishi backup` and `restore`: a folder with the database, the media and what is needed to check it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use engine::Engine;
use engine::backup::copy_tree;
use serde_json::{Value, json};

use crate::config::Config;
use crate::open;

/// Copies a running or stopped installation into a new folder. The key is not copied: it is kept apart.
pub async fn backup(config: &Config, engine: &Engine, to: &Path) -> Result<Value> {
    if to.exists() {
        bail!("{} はすでにあります。新しいフォルダー名を指定してください", to.display());
    }
    let made = engine::backup::write(&engine.store, &config.data_dir, to, engine::clock::machine_ms(), Arc::default()).await?;
    Ok(json!({ "backup": to, "media_files": made.media_files, "key_is_kept_in": config.key_place() }))
}

/// What whoever restored should do now.
const NEXT: &str = "送信はすべて止めてあります。管理画面のLINEアカウントで「送信を再開する」を押すと続きから送ります。バックアップのあとに\
    送ったものは、送ってから24時間以内ならLINEが二重の受け取りを断ります。それより古いときは、先に配信を中止してください。";

/// Puts a backup into an empty data folder. Everything that was about to be sent is held until it is released by hand.
pub async fn restore(config: &Config, from: &Path) -> Result<Value> {
    let database = config.data_dir.join("enishi.db");
    if database.exists() {
        bail!(
            "{} にはすでにデータベースがあります。空のフォルダーを ENISHI_DATA_DIR に指定してください",
            config.data_dir.display()
        );
    }
    let source = from.join("enishi.db");
    if !source.is_file() {
        bail!("{} はバックアップのフォルダーではありません", from.display());
    }
    std::fs::create_dir_all(&config.data_dir)?;
    // Held before it has its name: with a wrong key, or a power cut now, there is no database that a server would run.
    let part = config.data_dir.join("enishi.db.part");
    let held = stage(config, &source, &part).await;
    let staged = held.and_then(|held| Ok((held, copy_tree(&from.join("media"), &config.data_dir.join("media"))?.0)));
    let renamed = staged.and_then(|done| Ok(std::fs::rename(&part, &database).map(|()| done)?));
    for leftover in ["enishi.db.part", "enishi.db.part-wal", "enishi.db.part-shm", "enishi.db.part.lock"] {
        // Not there is what they should be.
        let _ = std::fs::remove_file(config.data_dir.join(leftover));
    }
    let (held, files) = renamed?;
    Ok(json!({ "restored": database, "media_files": files, "held": held, "next": NEXT }))
}

/// Copies the database beside its place, checks that the key opens it, and holds it.
async fn stage(config: &Config, source: &Path, part: &Path) -> Result<usize> {
    std::fs::copy(source, part).with_context(|| format!("{} を写せません", source.display()))?;
    let mut staged = config.clone();
    staged.store = store::Config::sqlite(part);
    let engine = open::beside(&staged).await?;
    let held = hold(&engine).await?;
    engine.store.clone().close().await;
    std::fs::File::open(part)?.sync_all()?;
    Ok(held)
}

/// 非常停止 on every account: what the backup was about to send may have been sent since, so a person looks first.
async fn hold(engine: &Engine) -> Result<usize> {
    let channels = engine.catalogs.all_channels();
    let now = engine::clock::machine_ms();
    for channel in &channels {
        let (workspace, id) = (channel.workspace, channel.id);
        engine.store.write(move |tx| engine::workspace::stop_channel(tx, workspace, id, now)).await?;
    }
    Ok(channels.len())
}
