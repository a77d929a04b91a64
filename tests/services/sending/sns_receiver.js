// SPDX-License-Identifier: MIT
// A receiver with Amazon's own validator for Node.js: 200 to what it takes, 403 and its reason to what it refuses.
// Usage: node sns_receiver.js FOLDER-OF-MODULES HOST-PATTERN; the port is the first line of its output.
const http = require("http");
const path = require("path");
const Validator = require(path.join(process.argv[2], "sns-validator"));
const validator = new Validator(process.argv[3] ? new RegExp(process.argv[3]) : undefined);

const server = http.createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (piece) => (body += piece));
  request.on("end", () =>
    validator.validate(body, (error, message) => {
      response.writeHead(error ? 403 : 200, { "Content-Type": "text/plain" });
      response.end(error ? error.message : message.Type);
    }),
  );
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume(); // with whoever started it
