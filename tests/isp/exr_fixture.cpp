#include "tests/isp/exr_fixture.h"

#include <OpenEXR/ImfChannelList.h>
#include <OpenEXR/ImfFrameBuffer.h>
#include <OpenEXR/ImfHeader.h>
#include <OpenEXR/ImfOutputFile.h>
#include <OpenEXR/ImfStandardAttributes.h>
#include <OpenEXR/ImfTiledOutputFile.h>

namespace argent::test {

void write_exr(const std::filesystem::path& path, const ExrRecipe& recipe, const std::function<float(std::size_t, int, int)>& value) {
  const Imath::Box2i window({recipe.origin, recipe.origin}, {recipe.origin + recipe.width - 1, recipe.origin + recipe.height - 1});
  Imf::Header header(window, window);
  header.compression() = recipe.dwa ? Imf::DWAB_COMPRESSION : Imf::ZIP_COMPRESSION;
  if (recipe.primaries[0] > 0) {
    const auto& p = recipe.primaries;
    Imf::addChromaticities(header, Imf::Chromaticities({p[0], p[1]}, {p[2], p[3]}, {p[4], p[5]}, {p[6], p[7]}));
  }
  const auto pixels = static_cast<std::size_t>(recipe.width) * static_cast<std::size_t>(recipe.height);
  std::vector<std::vector<float>> planes;
  std::vector<std::vector<half>> halves;
  planes.reserve(recipe.channels.size());
  halves.reserve(recipe.channels.size());
  Imf::FrameBuffer buffer;
  for (std::size_t c = 0; c < recipe.channels.size(); c++) {
    std::vector<float>& plane = planes.emplace_back();
    for (std::size_t i = 0; i < pixels; i++) {
      const int at = static_cast<int>(i);
      plane.push_back(value(c, at % recipe.width, at / recipe.width));
    }
    std::vector<half>& small = halves.emplace_back(plane.begin(), plane.end());
    const Imf::PixelType type = recipe.half ? Imf::HALF : Imf::FLOAT;
    const std::size_t bytes = recipe.half ? sizeof(half) : sizeof(float);
    void* first = recipe.half ? static_cast<void*>(small.data()) : plane.data();
    header.channels().insert(recipe.channels[c], Imf::Channel(type));
    buffer.insert(recipe.channels[c], Imf::Slice::Make(type, first, window, bytes, bytes * static_cast<std::size_t>(recipe.width)));
  }
  if (recipe.tiled) {
    header.setTileDescription({4, 4});
    Imf::TiledOutputFile file(path.c_str(), header, 0);
    file.setFrameBuffer(buffer);
    file.writeTiles(0, file.numXTiles() - 1, 0, file.numYTiles() - 1);
  } else {
    Imf::OutputFile file(path.c_str(), header, 0);
    file.setFrameBuffer(buffer);
    file.writePixels(recipe.height);
  }
}

}  // namespace argent::test
