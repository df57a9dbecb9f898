// samples/input_options.h - what develop and measure share: which files, and how they are to be read.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calibration/profile/camera_profile.h"
#include "isp/io/mosaic_file.h"
#include "isp/io/raw_file.h"
#include "samples/inputs.h"

namespace CLI {
class App;
}

namespace argent {

struct InputOptions {
  std::vector<std::string> arguments;
  bool recursive = false;
  MosaicDescription mosaic;  ///< what the command line says of headerless mosaics
  std::string sidecar;       ///< file or folder of descriptions; empty: beside the mosaic
  BlackSource black = BlackSource::kFile;
  std::string profile;                   ///< path; empty: none
  std::string preset = "live";           ///< "live" or "best"
  std::vector<std::string> assignments;  ///< "tone.contrast=1.3"; they win over the preset
  int threads = 0;                       ///< 0: all cores
};

void add_input_options(CLI::App& app, InputOptions& options);

/// The files, folders and patterns of the command line.
Inputs inputs_of(const InputOptions& options);

/// The table of parameters that --set can change, for --help.
std::string settable_parameters();

/// Reads frames as the options say. Several threads may load at once.
class FrameLoader {
 public:
  /// Throws Error when the profile, a parameter or the sidecar is wrong.
  explicit FrameLoader(const InputOptions& options);

  /// RAW file or mosaic, with the profile's levels and matrices applied. Throws Error.
  RawFrame load(const std::filesystem::path& file) const;

  /// The profile's parameters, or the defaults, with every --set applied.
  const PipelineParams& isp() const { return profile_.isp; }
  const ControllerParams& aaa() const { return profile_.aaa; }

 private:
  MosaicDescription description_of(const std::filesystem::path& mosaic) const;

  MosaicDescription command_line_;
  BlackSource black_;
  std::filesystem::path sidecar_folder_;      ///< empty: beside the mosaic
  std::optional<MosaicDescription> sidecar_;  ///< one for all
  CameraProfile profile_;
  bool has_profile_ = false;
};

}  // namespace argent
