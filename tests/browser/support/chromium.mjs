// A real Chromium with a profile of its own, and the pages of one static server.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser to test with, or undefined where none is installed. */
export function findChromium() {
  return PLACES.find((path) => path && existsSync(path));
}

export function makeProfile() {
  const path = mkdtempSync(join(tmpdir(), "strata-chromium-"));
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

/** Starts Chromium on `profile` as a process group of its own, so that all of it can be killed at once. */
export async function launchToKill(profile) {
  const args = [
    "--headless",
    "--remote-debugging-port=0",
    `--user-data-dir=${profile.path}`,
    ...ARGUMENTS,
    "about:blank",
  ];
  const browserProcess = spawn(findChromium(), args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const endpoint = await new Promise((resolve, reject) => {
    let text = "";
    browserProcess.stderr.setEncoding("utf8").on("data", (chunk) => {
      const match = /DevTools listening on (ws:\S+)/.exec((text += chunk));
      if (match) resolve(match[1]);
    });
    browserProcess.once("exit", (code) => reject(new Error(`Chromium ended with ${code}: ${text}`)));
  });
  const browser = await chromium.connectOverCDP(endpoint);
  return {
    context: browser.contexts()[0],
    async kill() {
      const exited = new Promise((resolve) => browserProcess.once("exit", resolve));
      process.kill(-browserProcess.pid, "SIGKILL");
      await exited;
      await browser.close().catch(() => {});
    },
  };
}

/** Starts Chromium on `profile`. The caller closes the context it gets. */
export async function launch(profile) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium found; set CHROMIUM to its path");
  return chromium.launchPersistentContext(profile.path, { executablePath, headless: true, args: ARGUMENTS });
}

/** A page at `url` whose errors fail the test that awaits `noErrors()`. */
export async function openPage(context, url) {
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  return Object.assign(page, {
    errors,
    noErrors() {
      if (errors.length > 0) throw new Error(`the page reported: ${errors.join("; ")}`);
    },
  });
}
