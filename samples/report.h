// samples/report.h - what came of a file, in words for people. json.h says the same for programs.
#pragma once

#include <filesystem>
#include <string>

#include "aaa/decision.h"
#include "isp/image.h"
#include "isp/statistics.h"
#include "samples/batch_console.h"
#include "samples/develop_choices.h"
#include "samples/output_names.h"

namespace argent {

/// Milliseconds; 0: the step was not run.
struct StepTimes {
  double decode = 0, measure = 0, decide = 0, render = 0, encode = 0;
};

/// What measure tells of a file. Refers to what its maker holds.
struct MeasureReport {
  const std::filesystem::path& file;
  const RawFrame& frame;
  const Statistics& statistics;
  const Decision& decision;
  StepTimes times;
};

/// What develop adds.
struct DevelopReport {
  MeasureReport measured;
  const PlannedOutput& output;
  const ImageInfo& picture;
  const DevelopChoices& choices;
  const Controls& controls;  ///< what the picture was rendered with
  const OutputParams& params;
  const std::string& demosaic;  ///< the method
};

/// Of a whole frame.
struct StatisticsSummary {
  Vec3 mean{};                                         ///< R, G, B; 1 = saturation, before white balance
  float clipped = 0, dark = 0;                         ///< fractions
  float luma_low = 0, luma_median = 0, luma_high = 0;  ///< percentiles 1, 50, 99
};
StatisticsSummary summary_of(const Statistics& statistics);

/// White balance gains of an illuminant, green = 1.
Vec3 gains_of(const Illuminant& illuminant);

/// A block of lines: picture, camera, light, exposure, focus, times.
std::string text_of(const DevelopReport& report);

/// measure's table; `file_width` characters for the names.
std::string table_header(std::size_t file_width);
/// kVerbose adds a line for each estimator.
std::string table_row(const MeasureReport& report, std::size_t file_width, Verbosity verbosity);

}  // namespace argent
