#include "samples/output_names.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "models/runtime/error.h"
#include "samples/usage_error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

const char* extension_of(ImageFormat format) {
  switch (format) {
    case ImageFormat::kTiff:
      return ".tiff";
    case ImageFormat::kJpeg:
      return ".jpg";
    case ImageFormat::kExr:
      return ".exr";
    case ImageFormat::kY4m:
      return ".y4m";
    case ImageFormat::kPng:
      break;
  }
  return ".png";
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  if (is_folder(folder)) return;
  fs::create_directories(folder, error);
  if (!is_folder(folder))
    throw Error(folder.string() + ": cannot make this folder: " + (error ? error.message() : "something else has its name"));
}

/// The one file that was named.
void check_single(const fs::path& file) {
  if (!file.parent_path().empty() && !is_folder(file.parent_path())) {
    throw Error(file.string() + ": there is no folder " + file.parent_path().string());
  }
}

ImageFormat single_format(const OutputOptions& options) {
  const fs::path file = options.output;
  const auto format = image_format_of(file);
  if (!format)
    throw UsageError(file.string() + ": expected a name that ends in .png, .tiff, .jpg, .exr or .y4m (or " + file.string() +
                     "/ for a folder)");
  if (options.format && *options.format != *format) {
    throw UsageError(file.string() + ": --format " + name_of(*options.format) + " contradicts the extension");
  }
  return *format;
}

bool is_dng_name(const fs::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
  return extension == ".dng";
}

bool is_kept(const fs::path& file, Overwrite overwrite) {
  std::error_code error;
  return overwrite == Overwrite::kNo && fs::exists(fs::symlink_status(file, error));
}

std::string kept(const fs::path& file) { return file.string() + ": exists already (--overwrite replaces it)"; }

std::string problem_of(const fs::path& input, const fs::path& output, Overwrite overwrite) {
  std::error_code error;
  if (fs::equivalent(input, output, error)) return input.string() + ": the picture would replace the input, choose another name with -o";
  if (is_folder(output)) return output.string() + ": is a folder, expected a file";
  return is_kept(output, overwrite) ? kept(output) : std::string();
}

/// Where outputs go: a folder, the one file of that name, or beside each input.
enum class Place { kBeside, kFolder, kFile };

/// Makes the folder when it is one. `names_file`: the name is that of a file, and not of a folder that is not there yet.
Place place_of(const Inputs& inputs, const std::string& output, bool names_file) {
  if (output.empty()) return Place::kBeside;
  const bool folder = inputs.may_be_several || output.ends_with('/') || is_folder(output);
  if (!folder) return Place::kFile;
  if (!is_folder(output) && !output.ends_with('/') && names_file) {
    throw UsageError(output + ": one picture for several inputs: name a folder (" + output + "/ if it is one)");
  }
  make_folder(output);
  return Place::kFolder;
}

/// What each file is called, and why it must not be made.
std::vector<PlannedFile> plan_files(const Inputs& inputs, const std::string& output, Place place, const char* extension,
                                    Overwrite overwrite) {
  std::vector<PlannedFile> planned;
  std::map<fs::path, fs::path> maker;  // output -> the input that it is made from
  for (const fs::path& input : inputs.files) {
    PlannedFile file{output, {}};
    if (place != Place::kFile)
      file.file = (place == Place::kBeside ? input.parent_path() : fs::path(output)) / (stem_of(input) + extension);
    const auto [first, is_new] = maker.emplace(file.file.lexically_normal(), input);
    file.problem = is_new ? problem_of(input, file.file, overwrite)
                          : input.string() + ": its picture " + file.file.string() + " is already that of " + first->second.string();
    planned.push_back(std::move(file));
  }
  return planned;
}

/// Other formats want to seek, or to be whole.
std::vector<PlannedOutput> to_stdout(const Inputs& inputs, const OutputOptions& options) {
  if (inputs.may_be_several || inputs.files.size() > 1) throw UsageError("-o -: one photo at a time goes to stdout");
  if (options.format && *options.format != ImageFormat::kY4m)
    throw UsageError("-o -: y4m is what goes to stdout, not ", name_of(*options.format));
  std::vector<PlannedOutput> planned;
  for (std::size_t i = 0; i < inputs.files.size(); i++) planned.push_back({kStdout, ImageFormat::kY4m, {}});
  return planned;
}

}  // namespace

std::vector<PlannedOutput> plan_outputs(const Inputs& inputs, const OutputOptions& options) {
  if (options.output == kStdout) return to_stdout(inputs, options);
  const Place place = place_of(inputs, options.output, image_format_of(options.output).has_value());
  const ImageFormat format =
      place == Place::kFile && !inputs.files.empty() ? single_format(options) : options.format.value_or(ImageFormat::kPng);
  if (place == Place::kFile && !inputs.files.empty()) check_single(options.output);
  std::vector<PlannedOutput> planned;
  for (PlannedFile& file : plan_files(inputs, options.output, place, extension_of(format), options.overwrite)) {
    planned.push_back({std::move(file.file), format, std::move(file.problem)});
  }
  return planned;
}

std::vector<PlannedFile> plan_dng_outputs(const Inputs& inputs, const std::string& output, Overwrite overwrite) {
  const Place place = place_of(inputs, output, is_dng_name(output));
  if (place == Place::kFile) {
    if (!is_dng_name(output)) throw UsageError(output + ": expected a name that ends in .dng (or " + output + "/ for a folder)");
    check_single(output);
  }
  return plan_files(inputs, output, place, ".dng", overwrite);
}

void check_new(const fs::path& file, Overwrite overwrite) {
  if (is_kept(file, overwrite)) throw Error(kept(file));
}

const char* name_of(ImageFormat format) {
  switch (format) {
    case ImageFormat::kTiff:
      return "tiff";
    case ImageFormat::kJpeg:
      return "jpeg";
    case ImageFormat::kExr:
      return "exr";
    case ImageFormat::kY4m:
      return "y4m";
    case ImageFormat::kPng:
      break;
  }
  return "png";
}

}  // namespace argent
