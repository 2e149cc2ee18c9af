// Stands in the bundle for what dockerode loads and dk never uses: engines by ssh, and BuildKit's sessions.
module.exports = {};
