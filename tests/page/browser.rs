//! A browser that is driven over the protocol of web drivers: Debian's chromium and chromium-driver.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long is waited for what is to come about.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Browser {
    driver: Child,
    session: String,
    agent: ureq::Agent,
}

/// Starts chromedriver and returns the port at which it listens; `None` if it finds none: the port that is
/// free for IPv4 can be taken for IPv6.
fn start_driver() -> Option<(Child, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed");
    let mut lines = BufReader::new(driver.stdout.take().expect("the output is piped")).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        line.split("successfully on port ")
            .nth(1)?
            .trim_end_matches('.')
            .parse::<u16>()
            .ok()
    });
    let Some(port) = port else {
        driver
            .wait()
            .expect("chromedriver ends if it cannot listen");
        return None;
    };
    // What it says later must be read, or it waits.
    thread::spawn(move || lines.for_each(drop));
    Some((driver, port))
}

impl Browser {
    /// A browser with one window of that many pixels, which prefers a light or a dark page.
    pub fn start(width: u32, height: u32, scheme: &str) -> Self {
        let (driver, port) = (0..5)
            .find_map(|_| start_driver())
            .expect("chromedriver listens at a port");
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let mut browser = Self {
            driver,
            session: format!("http://127.0.0.1:{port}/session"),
            agent,
        };
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            &format!("--window-size={width},{height}"),
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let id = browser.post("", &wanted)["sessionId"]
            .as_str()
            .expect("a session begins")
            .to_owned();
        browser.session = format!("{}/{id}", browser.session);
        // Without motion a page is where it is going at once.
        let preference = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        browser.post(
            "/goog/cdp/execute",
            &json!({"cmd": "Emulation.setEmulatedMedia", "params": preference}),
        );
        browser
    }

    /// Opens a file and waits until the page has drawn itself.
    pub fn open(&self, file: &Path) {
        let file = file.canonicalize().expect("the page was written");
        self.follow(&format!("file://{}", file.display()));
    }

    /// Opens an address and waits until the page has drawn itself.
    pub fn follow(&self, address: &str) {
        self.post("/url", &json!({"url": address}));
        self.wait("return document.body.classList.contains('ready')");
    }

    /// Opens the page anew at its present address.
    pub fn reload(&self) {
        self.post("/refresh", &json!({}));
        self.wait("return document.body.classList.contains('ready')");
    }

    /// Gives the page a window of that many pixels, also a narrower one than the browser allows.
    pub fn resize(&self, width: u32, height: u32) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.post(
            "/goog/cdp/execute",
            &json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": size}),
        );
    }

    /// What a function with this body returns in the page; it may return a promise.
    pub fn run(&self, body: &str) -> Value {
        let whole = format!("return (async () => {{ {body} }})()");
        self.post("/execute/sync", &json!({"script": whole, "args": []}))
    }

    pub fn text(&self, css: &str) -> String {
        let text = self.run(&format!(
            "return document.querySelector({}).textContent",
            json!(css)
        ));
        text.as_str()
            .unwrap_or_else(|| panic!("{css}: {text}"))
            .to_owned()
    }

    /// Waits until a condition holds.
    pub fn wait(&self, body: &str) {
        let began = Instant::now();
        while self.run(body) != json!(true) {
            assert!(began.elapsed() < PATIENCE, "never so: {body}");
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits until what was changed is drawn.
    pub fn settle(&self) {
        self.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
    }

    /// Scrolls to an element and waits until it is drawn: what is out of sight is not.
    pub fn see(&self, css: &str) {
        self.bring(css);
        self.settle();
    }

    /// Unfolds all sections of a narrow window.
    pub fn unfold(&self) {
        self.run("document.querySelectorAll('.fold[aria-expanded=false]').forEach((fold) => fold.click())");
        self.settle();
    }

    /// Shows the page as it is printed.
    pub fn print(&self) {
        self.post(
            "/goog/cdp/execute",
            &json!({"cmd": "Emulation.setEmulatedMedia", "params": {"media": "print"}}),
        );
    }

    /// Runs a script before those of every page that is opened from now on.
    pub fn before_pages(&self, script: &str) {
        self.post(
            "/goog/cdp/execute",
            &json!({"cmd": "Page.addScriptToEvaluateOnNewDocument", "params": {"source": script}}),
        );
    }

    /// Clicks in the middle of an element, as a mouse does.
    pub fn click(&self, css: &str) {
        self.bring(css);
        self.post(&format!("/element/{}/click", self.find(css)), &json!({}));
    }

    /// Moves the mouse over an element.
    pub fn hover(&self, css: &str) {
        self.mouse(css, &[json!({"type": "pointerMove", "x": 0, "y": 0})]);
    }

    /// Draws a line with the mouse within an element, from and to points that are shares of its width and height.
    pub fn stroke(&self, css: &str, from: (f64, f64), to: (f64, f64)) {
        self.draw(css, &[from, to]);
    }

    /// Draws a line with the mouse within an element along points that are shares of its width and height.
    pub fn draw(&self, css: &str, points: &[(f64, f64)]) {
        let size = self.run(&format!(
            "const box = document.querySelector({}).getBoundingClientRect(); return [box.width, box.height]",
            json!(css)
        ));
        let side = |axis: usize| size[axis].as_f64().expect("an element has a size");
        let at = |(x, y): (f64, f64)| {
            let middle = |share: f64, axis: usize| ((share - 0.5) * side(axis)).round();
            json!({"type": "pointerMove", "x": middle(x, 0), "y": middle(y, 1), "duration": 60})
        };
        let down = json!({"type": "pointerDown", "button": 0});
        let up = json!({"type": "pointerUp", "button": 0});
        let mut moves: Vec<Value> = points.iter().map(|point| at(*point)).collect();
        moves.insert(1, down);
        moves.push(up);
        self.mouse(css, &moves);
    }

    /// Scrolls an element to the middle of the window, and waits a little until it stays there with nothing above it: what
    /// was just changed may still move it, and then it is scrolled once more.
    fn bring(&self, css: &str) {
        self.run(&format!(
            "const element = document.querySelector({});
             const frame = () => new Promise(requestAnimationFrame);
             let before = '';
             for (let frames = 0; frames < 30; frames += 1) {{
                 if (frames % 15 === 0) element.scrollIntoView({{ block: 'center' }});
                 await frame();
                 const {{ x, y, width, height }} = element.getBoundingClientRect();
                 const top = document.elementFromPoint(x + width / 2, y + height / 2);
                 const now = `${{x}} ${{y}}`;
                 if (now === before && element.contains(top)) break;
                 before = now;
             }}",
            json!(css)
        ));
    }

    fn mouse(&self, css: &str, moves: &[Value]) {
        let target = json!({"element-6066-11e4-a52e-4f735466cecf": self.find(css)});
        self.bring(css);
        let moves: Vec<Value> = moves
            .iter()
            .map(|step| {
                let mut step = step.clone();
                if step["type"] == "pointerMove" {
                    step["origin"] = target.clone();
                }
                step
            })
            .collect();
        self.post(
            "/actions",
            &json!({"actions": [{"type": "pointer", "id": "mouse", "actions": moves}]}),
        );
    }

    /// Presses keys where the focus is.
    pub fn press(&self, keys: &[&str]) {
        let actions: Vec<Value> = keys
            .iter()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        self.post(
            "/actions",
            &json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]}),
        );
    }

    /// The single key that goes to a section: its place among the links, without the one that has a letter.
    pub fn key_to(&self, section: &str) -> String {
        let place = self.run(&format!(
            "return [...document.querySelectorAll('nav a:not([href=\"#folder\"])')].findIndex((link) => link.hash === '#{section}') + 1"
        ));
        place.to_string()
    }

    /// Chooses a file in a file input.
    pub fn choose(&self, css: &str, file: &Path) {
        self.choose_all(css, &[file]);
    }

    /// Chooses several files in a file input.
    pub fn choose_all(&self, css: &str, files: &[impl AsRef<Path>]) {
        let paths: Vec<String> = files
            .iter()
            .map(|file| file.as_ref().display().to_string())
            .collect();
        self.post(
            &format!("/element/{}/value", self.find(css)),
            &json!({"text": paths.join("\n")}),
        );
    }

    /// What was said on the console, but for the advice to whoever reads pixels back often, as these tests do.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({"type": "browser"}));
        let line = |entry: &Value| {
            format!(
                "{}: {}",
                entry["level"].as_str().unwrap_or(""),
                entry["message"]
            )
        };
        let lines = log.as_array().expect("a log is a list").iter().map(line);
        lines
            .filter(|line| !line.contains("willReadFrequently"))
            .collect()
    }

    /// The addresses that were asked for since the browser started, but for the file's own and those of its memory.
    pub fn requests(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({"type": "performance"}));
        let sent = |entry: &Value| -> Option<String> {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            let url = message["params"]["request"]["url"].as_str()?;
            let is_own = url.starts_with("file:") || url.starts_with("blob:");
            (message["method"] == "Network.requestWillBeSent" && !is_own).then(|| url.to_owned())
        };
        log.as_array()
            .expect("a log is a list")
            .iter()
            .filter_map(sent)
            .collect()
    }

    fn find(&self, css: &str) -> String {
        let found = self.post("/element", &json!({"using": "css selector", "value": css}));
        let id = found["element-6066-11e4-a52e-4f735466cecf"].as_str();
        id.unwrap_or_else(|| panic!("no {css}: {found}")).to_owned()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.session))
            .send_json(body)
            .expect("the driver answers");
        let answer: Value = answer
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_json()
            .expect("the driver answers in JSON");
        assert!(
            answer["value"]["error"].is_null(),
            "{path}: {}",
            answer["value"]["message"]
        );
        answer["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
