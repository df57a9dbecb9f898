#include "samples/explain.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <memory>
#include <string>

#include "models/runtime/error.h"
#include "samples/batch_console.h"
#include "samples/trace_log.h"

namespace argent {
namespace {

constexpr const char* kExamples = R"(Examples:
  argent simulate step.yaml --log step.jsonl
  argent explain step.jsonl --frame 37
  argent explain step.jsonl --frame 30 --count 10

A log has one JSON object a frame, one line each, as argent simulate --log writes it.
Exit status: 0 explained, 1 the file or the frame is not there, 2 the command line is wrong.
)";

struct ExplainOptions {
  std::string log;
  int frame = 0, count = 1;
};

int explain(const ExplainOptions& options) {
  std::ifstream file(options.log);
  if (!file) throw Error(options.log + ": cannot be read");
  std::string line;
  int number = 0, first = -1, last = -1, shown = 0;
  while (shown < options.count && std::getline(file, line)) {
    number++;
    if (line.empty()) continue;
    try {
      const int frame = frame_of_log_line(line);
      if (first < 0) first = frame;
      last = frame;
      if (frame < options.frame) continue;
      if (frame > options.frame && shown == 0) break;
      print_result((shown > 0 ? "\n" : "") + explanation_of(line));
      shown++;
    } catch (const Error& error) {
      throw Error(options.log + ":" + std::to_string(number) + ": " + error.what());
    }
  }
  if (shown > 0) return 0;
  throw Error(options.log + ": no frame " + std::to_string(options.frame) +
              (first < 0 ? ", the log is empty" : ", it has " + std::to_string(first) + " to " + std::to_string(last)));
}

}  // namespace

std::function<int()> add_explain_command(CLI::App& app) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = app.add_subcommand("explain", "say in words why a frame's exposure, gains and lens are what they are");
  command->add_option("LOG", options->log, "a log of frames (JSON lines)")->required()->type_name("");
  command->add_option("--frame", options->frame, "number of the frame (default: 0)")->check(CLI::NonNegativeNumber)->type_name("N");
  command->add_option("--count", options->count, "how many frames from there on (default: 1)")->check(CLI::PositiveNumber)->type_name("N");
  command->footer(kExamples);
  return [options] { return explain(*options); };
}

}  // namespace argent
