//! Template messages.

use super::action::Place;
use super::{At, Check, Count};
use crate::json::Json;

const KINDS: [&str; 4] = ["buttons", "confirm", "carousel", "image_carousel"];

impl Check {
    /// The `template` object of a template message.
    pub fn template(&mut self, template: &Json, at: &At) {
        match template.text("type") {
            Some("buttons") => self.buttons(template, at),
            Some("confirm") => {
                self.text(template, at, "text", 240, Count::Graphemes);
                for (i, action) in self.list(template, at, "actions", 2, 2).iter().enumerate() {
                    self.action(action, &at.field("actions").index(i), Place::Template);
                }
            }
            Some("carousel") => self.carousel(template, at),
            Some("image_carousel") => {
                for (i, column) in self.list(template, at, "columns", 1, 10).iter().enumerate() {
                    let columns = at.field("columns");
                    let at = columns.index(i);
                    self.https(column, &at, "imageUrl", 2000);
                    if let Some(action) = self.object(column, &at, "action") {
                        self.action(action, &at.field("action"), Place::ImageCarousel);
                    }
                }
            }
            Some(_) => self.one_of(template, at, "type", &KINDS),
            None => self.fail(&at.field("type"), "May not be empty"),
        }
    }

    fn look(&mut self, json: &Json, at: &At) {
        self.one_of(json, at, "imageAspectRatio", &["rectangle", "square"]);
        self.one_of(json, at, "imageSize", &["cover", "contain"]);
    }

    fn buttons(&mut self, template: &Json, at: &At) {
        self.look(template, at);
        self.panel(template, at, 160);
        for (i, action) in self.list(template, at, "actions", 1, 4).iter().enumerate() {
            self.action(action, &at.field("actions").index(i), Place::Template);
        }
    }

    /// Picture, title, text and default action: a buttons template or one column of a carousel.
    fn panel(&mut self, panel: &Json, at: &At, plain_max: usize) {
        self.optional_https(panel, at, "thumbnailImageUrl", 2000);
        self.optional_text(panel, at, "title", 40, Count::Graphemes);
        let crowded = panel.get("thumbnailImageUrl").is_some() || panel.get("title").is_some();
        self.text(panel, at, "text", if crowded { 60 } else { plain_max }, Count::Graphemes);
        if let Some(color) = panel.text("imageBackgroundColor")
            && !super::flex::is_color(color)
        {
            self.fail(&at.field("imageBackgroundColor"), "Invalid color");
        }
        if let Some(action) = panel.get("defaultAction") {
            // Its label is never shown.
            self.action(action, &at.field("defaultAction"), Place::Flex);
        }
    }

    fn carousel(&mut self, template: &Json, at: &At) {
        self.look(template, at);
        let columns = self.list(template, at, "columns", 1, 10);
        let list = at.field("columns");
        for (i, column) in columns.iter().enumerate() {
            let at = list.index(i);
            self.panel(column, &at, 120);
            for (j, action) in self.list(column, &at, "actions", 1, 3).iter().enumerate() {
                self.action(action, &at.field("actions").index(j), Place::Template);
            }
        }
        let Some(first) = columns.first() else { return };
        let shape = |column: &Json| {
            let actions = column.list("actions").map_or(0, <[Json]>::len);
            (actions, column.get("thumbnailImageUrl").is_some(), column.get("title").is_some())
        };
        for (i, column) in columns.iter().enumerate().skip(1) {
            if shape(column) != shape(first) {
                self.fail(&list.index(i), "All columns must have the same elements and number of actions");
            }
        }
    }
}
