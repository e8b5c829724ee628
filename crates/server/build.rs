//! The pages are built by Vite; without them the binary still compiles and says so when asked for a page.

fn main() -> std::io::Result<()> {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/admin/dist");
    std::fs::create_dir_all(&dist)?;
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
