#include "samples/tuning_folders.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "calibration/evaluation/labelled_folder.h"
#include "samples/usage_error.h"

namespace argent {

namespace fs = std::filesystem;

std::vector<std::string> tunings_of(const std::vector<std::string>& folders, const std::vector<std::string>& tunings) {
  std::set<fs::path> known;
  std::vector<std::string> out;
  std::size_t needed = 0;
  for (const std::string& folder : folders) {
    if (!known.insert((fs::path(folder) / "").lexically_normal()).second) throw UsageError(folder, " is given twice");
    out.emplace_back();
    if (!LabelledFolder::needs_tunings(folder)) continue;
    if (!tunings.empty()) out.back() = tunings[std::min(needed, tunings.size() - 1)];
    needed++;
  }
  if (tunings.size() > 1 && tunings.size() != needed)
    throw UsageError("--tunings is given ", tunings.size(), " times for ", needed, " folders that need it");
  return out;
}

}  // namespace argent
