#include "samples/output_names.h"

#include <map>

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

PlannedOutput single_file(const OutputOptions& options) {
  const fs::path file = options.output;
  const auto format = image_format_of(file);
  if (!format)
    throw UsageError(file.string() + ": expected a name that ends in .png, .tiff, .jpg, .exr or .y4m (or " + file.string() +
                     "/ for a folder)");
  if (options.format && *options.format != *format) {
    throw UsageError(file.string() + ": --format " + name_of(*options.format) + " contradicts the extension");
  }
  if (!file.parent_path().empty() && !is_folder(file.parent_path())) {
    throw Error(file.string() + ": there is no folder " + file.parent_path().string());
  }
  return {file, *format, {}};
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
  const bool beside = options.output.empty();
  const bool folder = !beside && (inputs.may_be_several || options.output.ends_with('/') || is_folder(options.output));
  if (folder && !is_folder(options.output) && !options.output.ends_with('/') && image_format_of(options.output)) {
    throw UsageError(options.output + ": one picture for several inputs: name a folder (" + options.output + "/ if it is one)");
  }
  if (folder) make_folder(options.output);

  std::vector<PlannedOutput> planned;
  std::map<fs::path, fs::path> maker;  // output -> the input that it is made from
  for (const fs::path& input : inputs.files) {
    PlannedOutput output;
    if (!beside && !folder) {
      output = single_file(options);
    } else {
      output.format = options.format.value_or(ImageFormat::kPng);
      output.file = (beside ? input.parent_path() : fs::path(options.output)) / (stem_of(input) + extension_of(output.format));
    }
    const auto [first, is_new] = maker.emplace(output.file.lexically_normal(), input);
    output.problem = is_new ? problem_of(input, output.file, options.overwrite)
                            : input.string() + ": its picture " + output.file.string() + " is already that of " + first->second.string();
    planned.push_back(std::move(output));
  }
  return planned;
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
