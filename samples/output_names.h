// samples/output_names.h - where each picture goes, settled before the first file is read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "isp/io/image_file.h"
#include "samples/inputs.h"

namespace argent {

inline constexpr const char* kStdout = "-";

struct OutputOptions {
  std::string output;                 ///< -o: file or folder, or kStdout; empty: beside each input
  std::optional<ImageFormat> format;  ///< --format; absent: by the extension of -o, else PNG
  Overwrite overwrite = Overwrite::kNo;
};

struct PlannedOutput {
  std::filesystem::path file;
  ImageFormat format = ImageFormat::kPng;
  std::string problem;  ///< in words; not empty: this picture must not be made
};

/// The same of a file that has no choice of format.
struct PlannedFile {
  std::filesystem::path file;
  std::string problem;
};

/// One for each of inputs.files. Makes the output folder when it is missing. Throws Error when `output` cannot serve at all: one file for
/// several inputs (or stdout for them), no known extension, a folder that cannot be made.
std::vector<PlannedOutput> plan_outputs(const Inputs& inputs, const OutputOptions& options);

/// The same for DNGs: `output` is a file that ends in .dng, or a folder; empty: beside each input.
std::vector<PlannedFile> plan_dng_outputs(const Inputs& inputs, const std::string& output, Overwrite overwrite);

/// Throws Error when there is something of that name and it is to be kept: said before the work, not after it. Empty: nothing is written.
void check_new(const std::filesystem::path& file, Overwrite overwrite);

/// "png", "tiff", "jpeg", "exr", "y4m"
const char* name_of(ImageFormat format);

}  // namespace argent
