// samples/input_options.h - what develop and measure share: which files, and how they are to be read.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calibration/profile/camera_profile.h"
#include "isp/io/mosaic_file.h"
#include "isp/io/raw_file.h"
#include "samples/inputs.h"
#include "samples/settings_layers.h"

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
  std::string profile;                  ///< path; empty: none
  std::string preset;                   ///< "live", "balanced" or "best"; empty: not said
  std::string dcp;                      ///< DNG camera profile, path; empty: none
  std::vector<std::string> settings;    ///< -p: settings files, the later wins
  std::vector<Assignment> assignments;  ///< of --set and of options that stand for it; they win over all files
  int threads = 0;                      ///< 0: all cores
};

void add_input_options(CLI::App& app, InputOptions& options);

/// The files, folders and patterns of the command line.
Inputs inputs_of(const InputOptions& options);

/// The table of parameters that --set and settings files can change, for --help. Choices of develop are not in it.
std::string settable_parameters();

/// Reads frames as the options say. Several threads may load at once.
class FrameLoader {
 public:
  /// Throws Error when the profile, a parameter, a settings file or the description of mosaics is wrong.
  explicit FrameLoader(const InputOptions& options);

  /// RAW file or mosaic, with the profile's levels and matrices applied. Throws Error.
  RawFrame load(const std::filesystem::path& file) const;

  /// The profile's parameters, or the defaults, with all -p and --set applied; no sidecars.
  const PipelineParams& isp() const { return layers_->common()->isp; }
  const ControllerParams& aaa() const { return layers_->common()->aaa; }
  const SettingsLayers& settings() const { return *layers_; }

 private:
  MosaicDescription description_of(const std::filesystem::path& mosaic) const;

  MosaicDescription command_line_;
  BlackSource black_;
  std::filesystem::path sidecar_folder_;      ///< empty: beside the mosaic
  std::optional<MosaicDescription> sidecar_;  ///< one for all
  CameraProfile profile_;
  bool has_profile_ = false;
  std::shared_ptr<const DngProfile> color_;  ///< --dcp's; nullptr: none
  std::optional<SettingsLayers> layers_;     ///< always there once constructed
};

}  // namespace argent
