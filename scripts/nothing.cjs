// Stands in the bundle for what is loaded and never used: dockerode's engines by ssh and BuildKit's sessions, and the URLs of
// before Node had its own, of which Node 24 warns.
module.exports = {};
