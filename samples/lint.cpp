#include "samples/lint.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "calibration/lint/tuning_lint.h"
#include "samples/batch_console.h"

namespace argent {
namespace {

constexpr const char* kExamples = R"(Examples:
  argent lint imx219.json
  argent lint /usr/share/libcamera/ipa/*/*.{json,yaml}
  argent lint camera.yaml --strict && scp camera.yaml board:      for scripts: exit 1 for warnings, too
  argent lint *.dcp --json | jq '.findings[]'                     one object a file, one line each

Argent's profiles, Raspberry Pi's tunings (JSON of version 1 and 2, vc4 and pisp), libcamera's tunings (YAML
of the software ISP, rkisp1, mali-c55 and ipu3) and DNG camera profiles: what they are is told by what is in
them. Every finding is a line FILE:LINE: error|warning|note: TEXT.

  error      whoever reads the file refuses it, or it means what nobody can have meant
  warning    it is read, and pictures are worse for it
  note       worth knowing

Exit status: 0 nothing wrong, 1 an error (with --strict: or a warning) in one file or more, 2 the command line
is wrong.
)";

using Severity = Finding::Severity;

struct LintOptions {
  std::vector<std::string> files;
  enum class Output { kText, kJson } output = Output::kText;
  enum class Least { kWarnings, kErrors } fails_from = Least::kErrors;
};

std::string counted(std::size_t count, const char* what) { return std::to_string(count) + " " + what + (count == 1 ? "" : "s"); }

std::string text_of(const std::string& file, const TuningLint& lint) {
  std::string text;
  for (const Finding& finding : lint.findings) {
    const std::string line = finding.line > 0 ? ":" + std::to_string(finding.line) : "";
    text += file + line + ": " + std::string(name_of(finding.severity)) + ": " + finding.text + "\n";
  }
  const std::string sum = lint.findings.empty()
                              ? "nothing found"
                              : counted(lint.count(Severity::kError), "error") + ", " + counted(lint.count(Severity::kWarning), "warning") +
                                    ", " + counted(lint.count(Severity::kNote), "note");
  return text + file + ": " + sum + (lint.kind.empty() ? "" : " (" + lint.kind + ")") + "\n";
}

std::string json_of(const std::string& file, const TuningLint& lint) {
  using Json = nlohmann::ordered_json;
  Json findings = Json::array();
  for (const Finding& finding : lint.findings) {
    findings.push_back(
        {{"line", finding.line > 0 ? Json(finding.line) : Json(nullptr)}, {"severity", name_of(finding.severity)}, {"text", finding.text}});
  }
  const Json object{{"file", file},
                    {"kind", lint.kind.empty() ? Json(nullptr) : Json(lint.kind)},
                    {"errors", lint.count(Severity::kError)},
                    {"warnings", lint.count(Severity::kWarning)},
                    {"notes", lint.count(Severity::kNote)},
                    {"findings", findings}};
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

int run(const LintOptions& options) {
  bool failed = false;
  for (const std::string& file : options.files) {
    const TuningLint lint = lint_tuning(file);
    print_result(options.output == LintOptions::Output::kJson ? json_of(file, lint) : text_of(file, lint));
    const bool strict = options.fails_from == LintOptions::Least::kWarnings;
    failed = failed || lint.count(Severity::kError) > 0 || (strict && lint.count(Severity::kWarning) > 0);
  }
  return failed ? 1 : 0;
}

}  // namespace

std::function<int()> add_lint_command(CLI::App& app) {
  const auto options = std::make_shared<LintOptions>();
  CLI::App* command = app.add_subcommand("lint", "what is wrong in a camera's tuning file");
  command->add_option("FILES", options->files, "profiles, tunings, DCPs")->required()->type_name("");
  command->add_flag_callback(
      "--strict", [options] { options->fails_from = LintOptions::Least::kWarnings; }, "warnings make the exit status 1, too");
  command->add_flag_callback(
      "--json", [options] { options->output = LintOptions::Output::kJson; }, "one JSON object a file");
  command->footer(kExamples);
  return [options] { return run(*options); };
}

}  // namespace argent
