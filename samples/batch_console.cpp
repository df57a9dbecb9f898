#include "samples/batch_console.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "models/runtime/error.h"
#include "samples/progress.h"

namespace argent {

void print_message(std::string_view message) {
  std::string line = "argent: ";
  // What came with a hostile file must not steer the terminal or fake a second line.
  for (const char c : message) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void print_result(std::string_view text) {
  if (text.empty()) return;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) throw Error(std::string("cannot write the results to stdout: ") + std::strerror(errno));
}

int run_on_console(const Inputs& inputs, const ConsoleOptions& options, const Work& work) {
  for (const std::string& problem : inputs.problems) print_message(problem);
  const std::size_t total = inputs.files.size();
  const bool talkative = options.verbosity != Verbosity::kQuiet && total > 1;
  ProgressBar bar(total);
  std::size_t failed = 0;

  BatchEvents events;
  events.result = [&](std::size_t index, const Outcome& outcome) {
    bar.clear();
    if (options.verbosity != Verbosity::kQuiet) {
      for (const std::string& note : outcome.notes) print_message(note);
    }
    for (const std::string& warning : outcome.warnings) print_message("warning: " + warning);
    if (outcome.error.empty()) return print_result(outcome.output);
    print_message(outcome.error);
    if (options.failure_output) print_result(options.failure_output(inputs.files[index], outcome.error));
  };
  events.progress = [&](std::size_t finished, std::size_t failures) {
    failed = failures;
    if (talkative) bar.update(finished, failures);
  };
  if (talkative) bar.update(0, 0);
  run_batch(inputs.files, options.workers, work, events);
  bar.clear();

  if (talkative || (total > 1 && failed > 0)) {
    std::string summary = std::to_string(total - failed) + " of " + std::to_string(total) + " " + std::string(options.verb);
    if (failed > 0) summary += ", " + std::to_string(failed) + " failed";
    print_message(summary);
  }
  return failed > 0 || !inputs.problems.empty() ? 1 : 0;
}

}  // namespace argent
