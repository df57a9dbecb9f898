// samples/focus_curves.h - `argent simulate --focus-curves`: autofocus on recorded sweeps, as a table or as JSON lines.
#pragma once

#include <filesystem>

#include "calibration/evaluation/focus_curves.h"

namespace argent {

enum class FocusCurveFormat { kTable, kJsonLines };

/// Loads, scores, prints on stdout; the program's exit status. Throws Error as load_focus_curves does.
int run_focus_curves(const std::filesystem::path& path, const FocusCurveOptions& options, FocusCurveFormat format);

}  // namespace argent
