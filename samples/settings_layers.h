// samples/settings_layers.h - where settings come from, and who wins.
//
// From the weakest to the strongest: defaults, camera profile, -p files in their order, the photo's sidecar, --preset, other options of the
// command line and --set in their order. In a file its preset comes first, so that the file's own parameters win over it. (RawTherapee
// layers its profiles in the same way.)
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "calibration/profile/camera_profile.h"
#include "isp/io/yaml_document.h"
#include "samples/settings.h"

namespace argent {

/// One "key=value" of the command line.
struct Assignment {
  std::string text;
  std::string source;  ///< "--set", "--wb": for errors
};

class SettingsLayers {
 public:
  /// `preset` empty: not said. Throws UsageError for an assignment that cannot be, Error for a file.
  SettingsLayers(const CameraProfile& profile, const std::vector<std::string>& files, std::string preset,
                 std::vector<Assignment> assignments);

  /// Without any sidecar.
  std::shared_ptr<const Settings> common() const { return common_; }

  /// With the sidecar of `photo`, where it has one. Throws Error "<sidecar>:<line>: ...".
  std::shared_ptr<const Settings> of_photo(const std::filesystem::path& photo) const;

 private:
  struct Document {
    std::string source;
    std::filesystem::path folder;
    std::string preset;
    YamlNode parameters;
  };
  static Document load(const std::filesystem::path& file);
  std::shared_ptr<const Settings> layered(const std::vector<const Document*>& documents) const;
  void read(const Document& document, Settings& settings) const;

  CameraProfile profile_;
  std::vector<Document> documents_;
  std::string preset_;
  std::vector<Assignment> assignments_;
  std::shared_ptr<const Settings> common_;
};

/// Where the settings of a photo are written: photo.CR2.argent.yaml. Mosaics' descriptions are called photo.raw.yaml and stay apart.
std::filesystem::path sidecar_of(const std::filesystem::path& photo);

}  // namespace argent
