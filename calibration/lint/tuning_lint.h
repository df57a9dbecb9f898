// calibration/lint/tuning_lint.h - all that is wrong, doubtful or worth knowing in a tuning file, whoever's it is.
//
//   for (const Finding& finding : lint_tuning("imx219.json").findings) ...
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace argent {

struct Finding {
  enum class Severity {
    kError,    ///< it is refused by whoever reads it, or means what nobody can have meant
    kWarning,  ///< it is read, and pictures are worse for it
    kNote,     ///< worth knowing
  };
  Severity severity = Severity::kError;
  int line = 0;      ///< from 1; 0: of the whole file
  std::string text;  ///< one line: what was found, what was expected or happens because of it
};

/// "error", "warning", "note"
std::string_view name_of(Finding::Severity severity);

struct TuningLint {
  std::string kind;               ///< "Raspberry Pi tuning, version 2, vc4"; empty: it could not be told
  std::vector<Finding> findings;  ///< by line; at most kMostFindings, then one that says that there were more
  static constexpr std::size_t kMostFindings = 1000;

  std::size_t count(Finding::Severity severity) const;
};

/// Our profile (YAML), Raspberry Pi's JSON (versions 1 and 2, vc4 and pisp), libcamera's YAML (software ISP, rkisp1, mali-c55, ipu3), DCP.
/// What a file holds never throws: a file that cannot be read or understood has a finding that says so.
TuningLint lint_tuning(const std::filesystem::path& path);

/// The same of bytes in memory; files that a profile names are looked for beside `source`.
TuningLint lint_tuning_text(std::string_view bytes, std::string_view source);

}  // namespace argent
