// What the page says about HTTP and HTTPS. Run: node --test crates/demo/page/

import assert from "node:assert/strict";
import test from "node:test";

import { comparison, cookieWords, droppedWords, wayWords } from "./https.mjs";

const PLAIN = [{ name: "x-forwarded-proto", value: "http" }];
const SAFE = [
  { name: "x-forwarded-proto", value: "https" }, { name: "x-amzn-tls-version", value: "TLSv1.2" },
  { name: "x-amzn-tls-cipher-suite", value: "ECDHE-ECDSA-AES128-GCM-SHA256" },
];

test("over HTTPS the twin and the application's cookie are Secure, and AWSALB stays as at AWS", () => {
  for (const [name, added] of [["AWSALBCORS", true], ["cart_session", true], ["AWSALB", false], ["AWSALBTG", false]]) {
    assert.doesNotMatch(cookieWords(name, false).attributes, /Secure/, name);
    assert.equal(/Secure$/.test(cookieWords(name, true).attributes), added, name);
  }
  assert.deepEqual(cookieWords("other", true), { by: "someone else", attributes: "", meaning: "Not part of this demo." });
});

test("a twin that the browser dropped is explained, and only that", () => {
  assert.match(droppedWords(["cart_session", "AWSALB"], false), /Secure/);
  assert.equal(droppedWords(["cart_session"], false), null, "stickiness is off");
  assert.equal(droppedWords(["AWSALB", "AWSALBCORS"], false), null, "a browser that keeps it");
  assert.equal(droppedWords(["AWSALB", "AWSALBCORS"], true), null);
});

test("the page says how the request came", () => {
  assert.equal(wayWords(false, PLAIN).short, "plain HTTP");
  assert.equal(wayWords(true, SAFE).short, "HTTPS, TLSv1.2");
  assert.equal(wayWords(true, []).short, "HTTPS");
});

test("the column in use shows what the target was told, the other one what it would be", () => {
  const about = (rows) => Object.fromEntries(rows.map(([name, ...columns]) => [name, columns]));
  const plain = about(comparison(false, PLAIN));
  assert.deepEqual(plain["x-forwarded-proto"], ["http", "https"]);
  assert.deepEqual(plain["x-amzn-tls-version"], ["none", "TLSv1.3"]);
  const safe = about(comparison(true, SAFE));
  assert.deepEqual(safe["x-forwarded-proto"], ["http", "https"]);
  assert.deepEqual(safe["x-amzn-tls-version"], ["none", "TLSv1.2"]);
});
