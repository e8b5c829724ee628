//! Every statement of the server and of what it reads prepares on both stores.

use engine::schema::MIGRATIONS;

#[tokio::test]
async fn statements_prepare_on_both_stores() {
    let lists: [&[&str]; 24] = [
        engine::access::db::STATEMENTS,
        engine::link::db::STATEMENTS,
        engine::segment::db::STATEMENTS,
        engine::rule::db::STATEMENTS,
        engine::template::db::STATEMENTS,
        engine::journey::db::STATEMENTS,
        engine::workspace::usage::STATEMENTS,
        engine::workspace::view::STATEMENTS,
        engine::contact::list::STATEMENTS,
        engine::contact::saved::STATEMENTS,
        engine::contact::erase::STATEMENTS,
        engine::contact::merge::STATEMENTS,
        engine::contact::person::STATEMENTS,
        engine::bulk::STATEMENTS,
        engine::takeout::STATEMENTS,
        engine::contact::view::STATEMENTS,
        engine::conversation::view::STATEMENTS,
        engine::event::parked::STATEMENTS,
        engine::coupon::STATEMENTS,
        engine::delivery::view::STATEMENTS,
        engine::delivery::why::STATEMENTS,
        server::statements::IDEMPOTENCY,
        server::statements::LIVE,
        &[],
    ];
    let refused = store::testing::prepares(MIGRATIONS, lists.concat()).await;
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
