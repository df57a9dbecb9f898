#include "samples/focus_curves.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

namespace argent {

int run_focus_curves(const std::filesystem::path& path, const FocusCurveOptions& options, FocusCurveFormat format) {
  const std::vector<FocusCurve> curves = load_focus_curves(path, options.measure);
  const std::vector<FocusCurveScore> rows = score_focus_curves(curves, options);
  if (format == FocusCurveFormat::kTable) {
    std::printf("%zu curves, measure %s, %d start positions each\n", curves.size(), options.measure.c_str(), options.seeds);
    std::printf("%-16s %6s %10s %14s %8s %8s\n", "", "runs", "right +-1", "false Focused", "Failed", "visits");
  }
  for (const FocusCurveScore& r : rows) {
    if (format == FocusCurveFormat::kTable) {
      std::printf("%-16s %6d %9.1f%% %13.1f%% %7.1f%% %8.1f\n", r.row.c_str(), r.runs, 100 * r.right, 100 * r.false_focused, 100 * r.failed,
                  r.visits);
    } else {
      const nlohmann::json line = {{"row", r.row},           {"measure", options.measure},       {"runs", r.runs},
                                   {"right", r.right},       {"false_focused", r.false_focused}, {"failed", r.failed},
                                   {"mean_visits", r.visits}};
      std::printf("%s\n", line.dump().c_str());
    }
  }
  return 0;
}

}  // namespace argent
