// Memory for results, for Python: objects with a buffer, whose blocks are used again.
#include "../core/blocks.hpp"
#include "binding.hpp"

namespace convstep {
namespace {

Blocks& blocks = *new Blocks;                  // never destroyed: arrays may outlive static destructors

class Memory {
 public:
  explicit Memory(std::size_t bytes) : block_(blocks.take(bytes)), bytes_(bytes) {}
  ~Memory() { blocks.give(block_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  static int buffer(PyObject* self, Py_buffer* view, int flags) {
    const Memory& memory = *nb::inst_ptr<Memory>(self);
    return PyBuffer_FillInfo(view, self, memory.block_.data, Py_ssize_t(memory.bytes_), 0, flags);
  }

 private:
  Block block_;
  std::size_t bytes_;
};

PyType_Slot slots[] = {{Py_bf_getbuffer, reinterpret_cast<void*>(Memory::buffer)}, {0, nullptr}};

}  // namespace

void bind_memory(nb::module_& m) {
  nb::class_<Memory>(m, "Memory", nb::type_slots(slots)).def(nb::init<std::size_t>());
  m.def("open_blocks", [] { blocks.open(); });
  m.def("close_blocks", [] { blocks.close(); });
  m.def("block_bytes", [] { return std::vector<std::size_t>{blocks.in_use(), blocks.waiting()}; }, "In use, and waiting.");
}

}  // namespace convstep
