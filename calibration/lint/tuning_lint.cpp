#include "calibration/lint/tuning_lint.h"

#include <algorithm>
#include <charconv>

#include "calibration/lint/format_lints.h"
#include "calibration/lint/json_syntax.h"
#include "calibration/lint/key_rules.h"
#include "calibration/profile/translation.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

/// "<source>:<line>: text" or "<source>: text" of an importer, as a finding.
void add_error(std::string_view text, std::string_view source, LintReport& report) {
  if (text.starts_with(source)) text.remove_prefix(source.size());
  int line = 0;
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), line);
    if (failure == std::errc() && text.substr(static_cast<std::size_t>(end - text.data())).starts_with(": ")) {
      text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    } else {
      line = 0;
    }
  }
  while (text.starts_with(' ')) text.remove_prefix(1);
  report.error(line, std::string(text));
}

std::string lint_tree(std::string_view bytes, std::string_view source, LintReport& report) {
  const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
  if (begin != std::string_view::npos && bytes[begin] == '{') check_json_syntax(bytes, report);
  const YamlNode root = parse_yaml(bytes, source, DuplicateKeys::kKept);
  check_duplicates(root, report);
  const auto format = tuning_format_of(bytes, source);
  if (!format) {
    report.error(root.line, "is no tuning that is known: expected argent_profile, algorithms of rpi. or of libcamera, or a DCP");
    return "";
  }
  if (*format == TuningFormat::kArgent) return lint_profile(root, report);
  return *format == TuningFormat::kPiVc4 || *format == TuningFormat::kPiPisp ? lint_raspberry_pi(root, report)
                                                                             : lint_libcamera(root, report);
}

}  // namespace

std::string_view name_of(Finding::Severity severity) {
  return severity == Finding::Severity::kError ? "error" : severity == Finding::Severity::kWarning ? "warning" : "note";
}

std::size_t TuningLint::count(Finding::Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.severity == severity; }));
}

TuningLint lint_tuning_text(std::string_view bytes, std::string_view source) {
  TuningLint out;
  LintReport report;
  try {
    const bool is_dcp = bytes.starts_with("IIRC") || bytes.starts_with("MMCR");
    out.kind = is_dcp ? lint_dcp(bytes, source, report) : lint_tree(bytes, source, report);
    if (!report.has_error()) import_tuning(bytes, source);  // the last word is that of who reads it
  } catch (const Error& error) {
    add_error(error.what(), source, report);
  }
  out.findings = report.take();
  return out;
}

TuningLint lint_tuning(const std::filesystem::path& path) {
  try {
    return lint_tuning_text(read_tuning_file(path), path.string());
  } catch (const Error& error) {
    LintReport report;
    add_error(error.what(), path.string(), report);
    return {"", report.take()};
  }
}

}  // namespace argent
